import { defaultFieldResolver, getArgumentValues, Kind, type ValueNode } from 'graphql';
import type { FieldPlan } from './plan.ts';
import { abandon, all, isPromiseLike, type Path, type Run } from './run.ts';

/** Answers the fields of one object, side by side. A promise where one of them is. */
export function fieldsOf(
  run: Run,
  plans: readonly FieldPlan[],
  source: unknown,
  path: Path | undefined,
): unknown {
  const answer: Record<string, unknown> = Object.create(null);
  let waits = false;
  try {
    for (const plan of plans) {
      const value = fieldOf(run, plan, source, { prev: path, key: plan.key, typename: plan.parentType.name });
      answer[plan.key] = value;
      if (value instanceof Promise) waits = true;
    }
  } catch (error) {
    if (waits) abandon(Object.values(answer));
    throw error;
  }
  return waits ? settled(answer) : answer;
}

/** The same one after the other, for fields that change something. */
export async function seriesOf(run: Run, plans: readonly FieldPlan[], source: unknown): Promise<unknown> {
  const answer: Record<string, unknown> = Object.create(null);
  for (const plan of plans) {
    const path = { prev: undefined, key: plan.key, typename: plan.parentType.name };
    answer[plan.key] = await fieldOf(run, plan, source, path);
  }
  return answer;
}

async function settled(answer: Record<string, unknown>): Promise<unknown> {
  const keys = Object.keys(answer);
  const values = await all(Object.values(answer));
  const whole: Record<string, unknown> = Object.create(null);
  for (const [i, key] of keys.entries()) whole[key] = values[i];
  return whole;
}

function fieldOf(run: Run, plan: FieldPlan, source: unknown, path: Path): unknown {
  const { definition, complete } = plan;
  const info = run.info(plan, path);
  try {
    const resolve = definition.resolve ?? defaultFieldResolver;
    const value = resolve(source, argumentsOf(run, plan), run.contextValue, info);
    if (isPromiseLike(value)) return promised(run, plan, value, path, info);

    const completed = complete(run, plan, info, path, value);
    if (!(completed instanceof Promise)) return completed;
    return completed.then(undefined, (error: unknown) => run.fail(error, definition.type, plan, path));
  } catch (error) {
    return run.fail(error, definition.type, plan, path);
  }
}

async function promised(
  run: Run,
  plan: FieldPlan,
  promise: PromiseLike<unknown>,
  path: Path,
  info: ReturnType<Run['info']>,
): Promise<unknown> {
  try {
    const value = await promise;
    const completed = plan.complete(run, plan, info, path, value);
    return completed instanceof Promise ? await completed : completed;
  } catch (error) {
    return run.fail(error, plan.definition.type, plan, path);
  }
}

/** Arguments that are the same in every execution, because no variable and no object is among them. */
const constants = new WeakMap<FieldPlan, Record<string, unknown> | null>();

function argumentsOf(run: Run, plan: FieldPlan): Record<string, unknown> {
  const { definition, nodes } = plan;
  if (definition.args.length === 0) return Object.create(null);

  const constant = constants.get(plan);
  if (constant) return Object.assign(Object.create(null), constant);
  const values = getArgumentValues(definition, nodes[0]!, run.variables);
  if (constant === undefined) constants.set(plan, isConstant(plan, values) ? { ...values } : null);
  return values;
}

const isConstant = ({ nodes }: FieldPlan, values: Record<string, unknown>): boolean =>
  (nodes[0]!.arguments ?? []).every(({ value }) => isPlain(value)) &&
  Object.values(values).every((value) => typeof value !== 'object' || value === null);

const isPlain = ({ kind }: ValueNode): boolean =>
  kind !== Kind.VARIABLE && kind !== Kind.LIST && kind !== Kind.OBJECT;
