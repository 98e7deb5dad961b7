import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLArgument,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { refusal } from './errors.ts';
import type { ServerLimits } from './limits.ts';

type Variables = Readonly<Record<string, unknown>>;
type QueryLimits = Pick<
  ServerLimits,
  'depth' | 'aliases' | 'directives' | 'cost' | 'tokens' | 'queryCharacters'
>;

interface Size {
  depth: number;
  aliases: number;
  directives: number;
  cost: number;
}

/**
 * Bounds what a query can cost before validation, whose own rules are quadratic, sees it. Every fragment is measured
 * once, so the time is linear in the text. Introspection is left to graphql's own rule (MaxIntrospectionDepthRule).
 */
export class QueryBounds {
  readonly #limits: QueryLimits;
  /** The largest page sizes that each document was within bounds for; Yoga's cache gives the same object for the same text. */
  readonly #fine = new WeakMap<DocumentNode, ReadonlyMap<string, number | undefined>>();

  constructor(limits: QueryLimits) {
    this.#limits = limits;
  }

  /** @throws {GraphQLError} QUERY_TOO_LARGE, GRAPHQL_PARSE_FAILED */
  parse(source: string): DocumentNode {
    const { queryCharacters, tokens } = this.#limits;
    if (source.length > queryCharacters) {
      throw tooLarge(`The query has ${source.length} characters; ${queryCharacters} are allowed.`);
    }
    return parse(source, { maxLexicalTokens: tokens });
  }

  /** @throws {GraphQLError} QUERY_TOO_LARGE */
  check(schema: GraphQLSchema, document: DocumentNode, variables: Variables): void {
    const fine = this.#fine.get(document);
    if (fine && areNoLarger(variables, fine)) return;

    const measure = new Measure(schema, document, variables);
    const size = measure.document();
    for (const name of ['depth', 'aliases', 'directives', 'cost'] as const) {
      if (size[name] > this.#limits[name]) {
        throw tooLarge(`The query's ${name} is ${size[name]}; ${this.#limits[name]} is allowed.`);
      }
    }
    const sizes = [...measure.readVariables].map((name) => [name, variables[name]] as const);
    if (sizes.every(isSize)) this.#fine.set(document, new Map(sizes));
  }
}

/** The cost grows with every page size: what is no larger than what was fine is fine too. */
function areNoLarger(variables: Variables, fine: ReadonlyMap<string, number | undefined>): boolean {
  for (const [name, largest] of fine) {
    const size = variables[name];
    if (size === undefined && largest === undefined) continue;
    if (typeof size !== 'number' || largest === undefined || size > largest) return false;
  }
  return true;
}

/** One that is absent counts by its default, which is the document's. */
const isSize = (entry: readonly [string, unknown]): entry is readonly [string, number | undefined] =>
  entry[1] === undefined || typeof entry[1] === 'number';

const tooLarge = (message: string) => refusal('QUERY_TOO_LARGE', 400, message);
const nothing: Size = { depth: 0, aliases: 0, directives: 0, cost: 0 };

class Measure {
  readonly #schema: GraphQLSchema;
  readonly #document: DocumentNode;
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #measured = new Map<string, Size>();
  /** Those that say how large a page is. */
  readonly readVariables = new Set<string>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#document = document;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION)
        this.#fragments.set(definition.name.value, definition);
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
        if (defaultValue?.kind === Kind.INT) this.#variables[variable.name.value] = defaultValue.value;
      }
    }
    Object.assign(this.#variables, variables);
  }

  /** The largest of its operations: only one of them is going to run. */
  document(): Size {
    let largest = nothing;
    for (const definition of this.#document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      const root = this.#schema.getRootType(definition.operation) ?? undefined;
      const size = this.#selections(definition.selectionSet, root);
      largest = max(largest, { ...size, directives: size.directives + (definition.directives?.length ?? 0) });
    }
    return largest;
  }

  #selections(selectionSet: SelectionSetNode, parent: GraphQLNamedType | undefined): Size {
    const sum = { ...nothing };
    for (const selection of selectionSet.selections) {
      const size =
        selection.kind === Kind.FIELD ? this.#field(selection, parent) : this.#fragment(selection, parent);
      sum.depth = Math.max(sum.depth, size.depth);
      sum.aliases += size.aliases;
      sum.directives += size.directives + (selection.directives?.length ?? 0);
      sum.cost += size.cost;
    }
    return sum;
  }

  #field(field: FieldNode, parent: GraphQLNamedType | undefined): Size {
    const aliases = field.alias ? 1 : 0;
    const name = field.name.value;
    if (!field.selectionSet) return { depth: 1, aliases, directives: 0, cost: 1 };
    if (name.startsWith('__')) {
      const inside = this.#selections(field.selectionSet, undefined);
      return { depth: 1, aliases: aliases + inside.aliases, directives: inside.directives, cost: 1 };
    }

    const definition = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    const inside = this.#selections(field.selectionSet, definition && getNamedType(definition.type));
    return {
      depth: 1 + inside.depth,
      aliases: aliases + inside.aliases,
      directives: inside.directives,
      cost: 1 + inside.cost * this.#pageSize(field, definition?.args ?? []),
    };
  }

  #fragment(
    selection: Exclude<SelectionSetNode['selections'][number], FieldNode>,
    parent: GraphQLNamedType | undefined,
  ): Size {
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const condition = selection.typeCondition?.name.value;
      return this.#selections(selection.selectionSet, condition ? this.#schema.getType(condition) : parent);
    }
    const name = selection.name.value;
    const known = this.#measured.get(name);
    if (known) return known;

    const fragment = this.#fragments.get(name);
    if (!fragment) return nothing;
    // Fragments that contain themselves are validation's to report; here they only must not loop.
    this.#measured.set(name, nothing);
    const size = this.#selections(
      fragment.selectionSet,
      this.#schema.getType(fragment.typeCondition.name.value),
    );
    this.#measured.set(name, size);
    return size;
  }

  /** How many there may be below a field: its `first` or `last`, as written, from a variable, or by default. */
  #pageSize(field: FieldNode, args: readonly GraphQLArgument[]): number {
    let size = 1;
    for (const name of ['first', 'last']) {
      const given = field.arguments?.find((argument) => argument.name.value === name)?.value;
      const definition = args.find((argument) => argument.name === name);
      const byDefault = definition && defaultOf(definition);

      if (given?.kind === Kind.INT) size = Math.max(size, Number(given.value));
      else if (given?.kind === Kind.VARIABLE) {
        this.readVariables.add(given.name.value);
        size = Math.max(size, Number(this.#variables[given.name.value] ?? byDefault) || 1);
      } else if (definition) size = Math.max(size, Number(byDefault) || 1);
    }
    return size;
  }
}

/** Schemas from code give a value, schemas from text a literal, and older builders the deprecated field. */
function defaultOf(argument: GraphQLArgument): unknown {
  const literal = argument.default?.literal;
  if (literal) return 'value' in literal ? literal.value : undefined;
  return argument.default?.value ?? argument.defaultValue;
}

const max = (a: Size, b: Size): Size => ({
  depth: Math.max(a.depth, b.depth),
  aliases: Math.max(a.aliases, b.aliases),
  directives: Math.max(a.directives, b.directives),
  cost: Math.max(a.cost, b.cost),
});
