import {
  assertValidSchema,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type ValidatedExecutionArgs,
} from 'graphql';
import { fieldsOf, seriesOf } from './fields.ts';
import { conditionsOf, Plan } from './plan.ts';
import { Run, type VariableValues } from './run.ts';

/** A value, or a promise of one. */
export type Eventually<Value> = Value | Promise<Value>;

/** One operation of a document, with all that no request changes. */
export interface Prepared {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ValidatedExecutionArgs['fragmentDefinitions'];
  /** Variables that decide which fields there are, and the plans by their values. */
  readonly conditions: readonly string[];
  readonly plans: Map<string, Plan>;
}

/**
 * Executes queries and mutations, all that came in by any way. What an operation selects is collected once and kept with
 * its document. What a plan cannot say is left to others before anything ran: nothing is ever executed twice.
 */
export class Executor {
  readonly #schema: GraphQLSchema;
  /** By document and name. Undefined: there is no plan for it; null: there is no such operation. */
  readonly #prepared = new WeakMap<
    DocumentNode,
    Map<string | null | undefined, Prepared | undefined | null>
  >();

  constructor(schema: GraphQLSchema) {
    assertValidSchema(schema);
    this.#schema = schema;
  }

  /** Of a valid document. Undefined: there is no plan for it, and nothing was done. */
  execute(args: ExecutionArgs): Eventually<ExecutionResult> | undefined {
    if (args.schema !== this.#schema || args.abortSignal) return undefined;
    const prepared = this.#prepare(args.document, args.operationName);
    if (prepared === null) return { errors: [noSuchOperation()] };
    if (!prepared) return undefined;

    const variables = variablesOf(prepared, args.variableValues);
    if (variables.errors) {
      for (const error of variables.errors) error.extensions.http ??= { status: 400 };
      return { errors: variables.errors };
    }
    const plan = planFor(prepared, variables.variableValues);
    return plan && answer(plan, new Run(prepared, args, variables.variableValues));
  }

  #prepare(document: DocumentNode, name: string | null | undefined): Prepared | undefined | null {
    let named = this.#prepared.get(document);
    if (!named) {
      named = new Map();
      this.#prepared.set(document, named);
    }
    const known = named.get(name);
    if (known !== undefined || named.has(name)) return known;
    const made = prepare(this.#schema, document, name);
    // Any name may be asked for; those that are there are few.
    if (made !== null) named.set(name, made);
    return made;
  }
}

function prepare(
  schema: GraphQLSchema,
  document: DocumentNode,
  name: string | null | undefined,
): Prepared | undefined | null {
  const operation = getOperationAST(document, name);
  if (!operation) return null;
  const conditions = conditionsOf(document);
  // `@experimental_disableErrorPropagation` is among the directives that a plan does not know.
  if (!conditions || operation.operation === 'subscription') return undefined;
  const fragments = Object.create(null);
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  return { schema, document, operation, fragments, conditions, plans: new Map() };
}

type Variables = ReturnType<typeof getVariableValues>;

const NO_VARIABLES = getVariableValues(new GraphQLSchema({}), [], {});

function variablesOf({ schema, operation }: Prepared, given: ExecutionArgs['variableValues']): Variables {
  const definitions = operation.variableDefinitions ?? [];
  if (definitions.length === 0) return NO_VARIABLES;
  return getVariableValues(schema, definitions, given ?? {}, { maxErrors: MOST_ERRORS });
}

/** Of the variables of one request; as graphql's own. */
const MOST_ERRORS = 50;

function planFor(prepared: Prepared, { coerced }: VariableValues): Plan | undefined {
  const { schema, document, operation, conditions, plans } = prepared;
  let key = '';
  for (const name of conditions) {
    const value = coerced[name];
    // Another operation's variable, or a null, which is an error.
    if (typeof value !== 'boolean') return undefined;
    key += value ? '1' : '0';
  }
  const known = plans.get(key);
  if (known) return known;
  const decided = Object.fromEntries(conditions.map((name, i) => [name, key[i] === '1']));
  const plan = new Plan(schema, document, operation, decided);
  plans.set(key, plan);
  return plan;
}

function answer(plan: Plan, run: Run): Eventually<ExecutionResult> {
  const { rootValue, prepared } = run;
  try {
    const data =
      prepared.operation.operation === 'mutation'
        ? seriesOf(run, plan.root, rootValue)
        : fieldsOf(run, plan.root, rootValue, undefined);
    if (!(data instanceof Promise)) return run.done(data);
    return data.then(
      (settled) => run.done(settled),
      (error: unknown) => run.doneWith(error),
    );
  } catch (error) {
    return run.doneWith(error);
  }
}

const noSuchOperation = () =>
  new GraphQLError('The document has no such operation, or several and none was named.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } },
  });
