import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  typeFromAST,
  type ValueNode,
  visit,
} from 'graphql';
import { type Complete, completionOf } from './complete.ts';

/** How to answer one field of one object type, however often it is asked for in an operation. */
export interface FieldPlan {
  /** Its name in the answer. */
  readonly key: string;
  /** All places of the document that ask for it here; the first one has the arguments. */
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly complete: Complete;
  /** What its value is asked for, where that is an object of this type. */
  readonly inside: (type: GraphQLObjectType) => readonly FieldPlan[];
}

/** Values of the variables that `@skip` and `@include` name. */
export type Conditions = Readonly<Record<string, boolean>>;

/** Fields of one plan that are kept; a document can ask for many more by naming a fragment often. */
const KEPT_FIELDS = 500;
/** Variables in `@skip` and `@include`: each doubles the number of plans. */
const MOST_CONDITIONS = 4;

/**
 * Names of the variables that decide which fields an operation has; null where it has something that a plan cannot
 * say: a directive other than `@skip` and `@include`, or too many of those.
 */
export function conditionsOf(document: DocumentNode): readonly string[] | null {
  const names = new Set<string>();
  let plain = true;
  visit(document, {
    Directive({ name, arguments: given }) {
      if (name.value !== 'skip' && name.value !== 'include') plain = false;
      const value = given?.[0]?.value;
      if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
    FragmentDefinition({ variableDefinitions }) {
      if (variableDefinitions?.length) plain = false;
    },
  });
  return plain && names.size <= MOST_CONDITIONS ? [...names] : null;
}

/**
 * What an operation asks for, with its conditions decided: selections are collected once per object type, instead of
 * once per request. Types inside are planned when the first value of theirs comes along.
 */
export class Plan {
  readonly root: readonly FieldPlan[];
  readonly #schema: GraphQLSchema;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #conditions: Conditions;
  #kept = 0;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    conditions: Conditions,
  ) {
    this.#schema = schema;
    this.#conditions = conditions;
    this.#fragments = new Map(
      document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .map((fragment) => [fragment.name.value, fragment]),
    );
    const root = schema.getRootType(operation.operation);
    if (!root) throw new Error(`The schema has no type for a ${operation.operation}.`);
    this.root = this.#plan(root, [operation]);
  }

  #plan(type: GraphQLObjectType, parents: readonly { selectionSet?: Selections | undefined }[]): FieldPlan[] {
    const fields = new Map<string, FieldNode[]>();
    const seen = new Set<string>();
    for (const { selectionSet } of parents)
      if (selectionSet) this.#collect(type, selectionSet.selections, fields, seen);
    return [...fields].flatMap(([key, nodes]) => this.#field(type, key, nodes) ?? []);
  }

  #field(parentType: GraphQLObjectType, key: string, nodes: readonly FieldNode[]): FieldPlan | undefined {
    const definition = this.#schema.getField(parentType, nodes[0]!.name.value);
    if (!definition) return undefined;

    const known = new Map<GraphQLObjectType, readonly FieldPlan[]>();
    const inside = (type: GraphQLObjectType): readonly FieldPlan[] => {
      const plan = known.get(type);
      if (plan) return plan;
      const made = this.#plan(type, nodes);
      this.#kept += made.length;
      if (this.#kept <= KEPT_FIELDS) known.set(type, made);
      return made;
    };
    return { key, nodes, definition, parentType, inside, complete: completionOf(definition.type) };
  }

  #collect(
    type: GraphQLObjectType,
    selections: readonly SelectionNode[],
    fields: Map<string, FieldNode[]>,
    seen: Set<string>,
  ): void {
    for (const selection of selections) {
      if (!this.#isIncluded(selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const nodes = fields.get(key);
        if (nodes) nodes.push(selection);
        else fields.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (this.#applies(selection, type))
          this.#collect(type, selection.selectionSet.selections, fields, seen);
      } else {
        const name = selection.name.value;
        const fragment = this.#fragments.get(name);
        if (seen.has(name) || !fragment || !this.#applies(fragment, type)) continue;
        seen.add(name);
        this.#collect(type, fragment.selectionSet.selections, fields, seen);
      }
    }
  }

  #isIncluded(selection: SelectionNode): boolean {
    for (const { name, arguments: given } of selection.directives ?? []) {
      const value = given?.[0]?.value;
      const holds = value?.kind === Kind.VARIABLE ? this.#conditions[value.name.value] : isTrue(value);
      if (holds === (name.value === 'skip')) return false;
    }
    return true;
  }

  #applies({ typeCondition }: Conditional, type: GraphQLObjectType): boolean {
    if (!typeCondition) return true;
    const wanted = typeFromAST(this.#schema, typeCondition);
    return wanted === type || (isAbstractType(wanted) && this.#schema.isSubType(wanted, type));
  }
}

const isTrue = (value: ValueNode | undefined): boolean => value?.kind === Kind.BOOLEAN && value.value;

interface Selections {
  readonly selections: readonly SelectionNode[];
}

interface Conditional {
  readonly typeCondition?: FragmentDefinitionNode['typeCondition'] | undefined;
}
