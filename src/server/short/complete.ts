import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { fieldsOf } from './fields.ts';
import type { FieldPlan } from './plan.ts';
import { abandon, all, isPromiseLike, type Path, type Run } from './run.ts';

/** Makes of what a resolver gave what the client is told, or throws what is wrong with it. */
export type Complete = (
  run: Run,
  plan: FieldPlan,
  info: GraphQLResolveInfo,
  path: Path,
  value: unknown,
) => unknown;

/** How values of a type are completed; found out once per type. */
export function completionOf(type: GraphQLOutputType): Complete {
  const known = completions.get(type);
  if (known) return known;
  const made = isNonNullType(type) ? nonNull(completionOf(type.ofType)) : nullable(valueCompletion(type));
  completions.set(type, made);
  return made;
}

const completions = new WeakMap<GraphQLOutputType, Complete>();

function valueCompletion(type: GraphQLOutputType): Complete {
  if (isListType(type)) return listOf(type.ofType);
  if (isLeafType(type)) return leaf(type);
  if (isAbstractType(type)) return abstract(type);
  if (isObjectType(type)) return (run, plan, info, path, value) => object(type, run, plan, info, path, value);
  throw new Error(`${type} is no type of an answer.`);
}

const nonNull =
  (inner: Complete): Complete =>
  (run, plan, info, path, value) => {
    const completed = inner(run, plan, info, path, value);
    if (completed === null)
      throw new Error(`Cannot return null for non-nullable field ${info.parentType}.${info.fieldName}.`);
    return completed;
  };

const nullable =
  (complete: Complete): Complete =>
  (run, plan, info, path, value) => {
    if (value instanceof Error) throw value;
    return value === null || value === undefined ? null : complete(run, plan, info, path, value);
  };

const leaf =
  (type: GraphQLLeafType): Complete =>
  (_run, _plan, _info, _path, value) => {
    const said = type.coerceOutputValue(value);
    if (said === null || said === undefined)
      throw new Error(
        `Expected \`${inspect(type)}.coerceOutputValue(${inspect(value)})\` to return non-nullable value, returned: ${inspect(said)}`,
      );
    return said;
  };

function listOf(itemType: GraphQLOutputType): Complete {
  const complete = completionOf(itemType);

  /** Adds one item; true where it is a promise. */
  function add(items: unknown[], item: unknown, ...[run, plan, info, path]: Place): boolean {
    if (isPromiseLike(item)) {
      items.push(later(item, run, plan, info, path));
      return true;
    }
    try {
      const completed = complete(run, plan, info, path, item);
      if (completed instanceof Promise) {
        items.push(completed.then(undefined, (error: unknown) => run.fail(error, itemType, plan, path)));
        return true;
      }
      items.push(completed);
    } catch (error) {
      items.push(run.fail(error, itemType, plan, path));
    }
    return false;
  }

  async function later(item: PromiseLike<unknown>, ...[run, plan, info, path]: Place): Promise<unknown> {
    try {
      const value = await item;
      const completed = complete(run, plan, info, path, value);
      return completed instanceof Promise ? await completed : completed;
    } catch (error) {
      return run.fail(error, itemType, plan, path);
    }
  }

  async function streamed(source: AsyncIterable<unknown>, ...[run, plan, info, path]: Place) {
    const items: unknown[] = [];
    let waits = false;
    try {
      for await (const item of source) {
        const place = { prev: path, key: items.length, typename: undefined };
        if (add(items, item, run, plan, info, place)) waits = true;
      }
    } catch (error) {
      if (waits) abandon(items);
      throw error;
    }
    return waits ? all(items) : items;
  }

  return (run, plan, info, path, value) => {
    if (isAsyncIterable(value)) return streamed(value, run, plan, info, path);
    if (typeof value !== 'object' || !isIterable(value))
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${info.parentType}.${info.fieldName}".`,
      );

    const items: unknown[] = [];
    let waits = false;
    const iterator = value[Symbol.iterator]();
    try {
      for (let next = iterator.next(); !next.done; next = iterator.next()) {
        const place = { prev: path, key: items.length, typename: undefined };
        if (add(items, next.value, run, plan, info, place)) waits = true;
      }
    } catch (error) {
      if (waits) abandon(items);
      abandonRest(iterator);
      throw error;
    }
    return waits ? all(items) : items;
  };
}

type Place = [run: Run, plan: FieldPlan, info: GraphQLResolveInfo, path: Path];

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof (value as Iterable<unknown> | null)?.[Symbol.iterator] === 'function';

const isAsyncIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof (value as AsyncIterable<unknown> | null)?.[Symbol.asyncIterator] === 'function';

/** Promises behind the item that failed: their rejections would end the process. */
function abandonRest(iterator: Iterator<unknown>): void {
  try {
    for (let next = iterator.next(); !next.done; next = iterator.next()) abandon([next.value]);
  } catch {
    // The iterator's own failure comes after the one that is being told.
  }
}

function abstract(type: GraphQLAbstractType): Complete {
  return (run, plan, info, path, value) => {
    const resolve = type.resolveType ?? defaultTypeResolver;
    const name = resolve(value, run.contextValue, info, type) as unknown;
    if (isPromiseLike(name))
      return name.then((resolved) =>
        object(runtimeType(type, resolved, run, plan, info, value), run, plan, info, path, value),
      );
    return object(runtimeType(type, name, run, plan, info, value), run, plan, info, path, value);
  };
}

function runtimeType(
  type: GraphQLAbstractType,
  name: unknown,
  { prepared: { schema } }: Run,
  { nodes }: FieldPlan,
  { parentType, fieldName }: GraphQLResolveInfo,
  value: unknown,
): GraphQLObjectType {
  const here = `for field "${parentType}.${fieldName}"`;
  if (name === null || name === undefined)
    throw new GraphQLError(
      `Abstract type "${type}" must resolve to an Object type at runtime ${here}. Either the "${type}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`,
      { nodes },
    );
  if (typeof name !== 'string')
    throw new GraphQLError(
      `Abstract type "${type}" must resolve to an Object type at runtime ${here} with value ${inspect(value)}, received "${inspect(name)}", which is not a valid Object type name.`,
    );
  const found = schema.getType(name);
  if (!found)
    throw new GraphQLError(
      `Abstract type "${type}" was resolved to a type "${name}" that does not exist inside the schema.`,
      { nodes },
    );
  if (!isObjectType(found))
    throw new GraphQLError(`Abstract type "${type}" was resolved to a non-object type "${name}".`, { nodes });
  if (!schema.isSubType(type, found))
    throw new GraphQLError(`Runtime Object type "${found}" is not a possible type for "${type}".`, { nodes });
  return found;
}

function object(
  type: GraphQLObjectType,
  run: Run,
  plan: FieldPlan,
  info: GraphQLResolveInfo,
  path: Path,
  value: unknown,
): unknown {
  const isOne = type.isTypeOf?.(value, run.contextValue, info) ?? !type.isTypeOf;
  const inside = (yes: unknown) => {
    if (!yes)
      throw new GraphQLError(`Expected value of type "${type}" but got: ${inspect(value)}.`, {
        nodes: plan.nodes,
      });
    return fieldsOf(run, plan.inside(type), value, path);
  };
  return isPromiseLike(isOne) ? isOne.then(inside) : inside(isOne);
}
