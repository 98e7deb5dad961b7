import {
  type ExecutionArgs,
  type ExecutionResult,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isNonNullType,
  locatedError,
} from 'graphql';
import type { Prepared } from './executor.ts';
import type { FieldPlan } from './plan.ts';

export type Path = GraphQLResolveInfo['path'];
export type VariableValues = GraphQLResolveInfo['variableValues'];

/** Resolvers may give any thenable; what graphql hands on are promises. */
export const isPromiseLike = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/** Nobody waits for these any more, and their rejections are no news. */
export function abandon(values: Iterable<unknown>): void {
  for (const value of values) if (isPromiseLike(value)) value.then(undefined, () => {});
}

export function all(values: readonly unknown[]): Promise<unknown[]> {
  const promise = Promise.all(values);
  promise.then(undefined, () => abandon(values));
  return promise;
}

/** One execution of an operation: its arguments, and the errors that it met. */
export class Run {
  readonly prepared: Prepared;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  readonly variables: VariableValues;
  readonly #errors: GraphQLError[] = [];
  /** Where errors made nulls: what fails below is not told. */
  readonly #nulls = new Set<Path | undefined>();
  #abort: AbortController | undefined;
  #over = false;

  constructor(
    prepared: Prepared,
    { rootValue, contextValue }: Pick<ExecutionArgs, 'rootValue' | 'contextValue'>,
    variables: VariableValues,
  ) {
    this.prepared = prepared;
    this.rootValue = rootValue;
    this.contextValue = contextValue;
    this.variables = variables;
  }

  readonly signal = (): AbortSignal => {
    this.#abort ??= new AbortController();
    if (this.#over) this.#abort.abort();
    return this.#abort.signal;
  };

  info({ definition, nodes, parentType }: FieldPlan, path: Path): GraphQLResolveInfo {
    const { schema, fragments, operation } = this.prepared;
    return {
      fieldName: definition.name,
      fieldNodes: nodes,
      returnType: definition.type,
      parentType,
      path,
      schema,
      fragments,
      rootValue: this.rootValue,
      operation,
      variableValues: this.variables,
      getAbortSignal: this.signal,
      getAsyncHelpers,
    };
  }

  /** Notes an error at its place, which becomes null; where null is not allowed there, throws it on. */
  fail(error: unknown, type: GraphQLOutputType, { nodes }: FieldPlan, path: Path): null {
    const located = locatedError(error, nodes, keysOf(path));
    if (isNonNullType(type)) throw located;
    this.#note(located, path);
    return null;
  }

  done(data: unknown): ExecutionResult {
    this.#over = true;
    this.#abort?.abort();
    return (this.#errors.length ? { errors: this.#errors, data } : { data }) as ExecutionResult;
  }

  /** Nothing is left of the answer. */
  doneWith(error: unknown): ExecutionResult {
    this.#note(
      error instanceof GraphQLError
        ? error
        : new GraphQLError(String(error), { originalError: error as Error }),
      undefined,
    );
    return this.done(null);
  }

  #note(error: GraphQLError, path: Path | undefined): void {
    for (let at = path; at; at = at.prev) if (this.#nulls.has(at)) return;
    if (this.#nulls.has(undefined)) return;
    this.#nulls.add(path);
    this.#errors.push(error);
  }
}

const helpers = { promiseAll: all, track: abandon } as unknown as ReturnType<
  GraphQLResolveInfo['getAsyncHelpers']
>;
const getAsyncHelpers = () => helpers;

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) keys.push(at.key);
  return keys.reverse();
}
