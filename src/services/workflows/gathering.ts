import type { InputIssue } from '../../errors.ts';
import { Allowance } from './allowance.ts';
import { feeds } from './compiling-edges.ts';
import { type Expression, ExpressionError } from './expressions.ts';
import type { CompiledEdge, CompiledGraph, CompiledThread } from './graph.ts';
import { isObject, NotJsonError, plain } from './json.ts';
import { formatPath, PathError, readPath, writePath } from './paths.ts';
import type { Schema } from './schemas.ts';
import type { ThreadFailure } from './types.ts';

export interface Sources {
  /** The workflow's input. */
  readonly input: unknown;
  /** The outputs of those direct sources that are COMPLETED; of those that `wants` leaves out, anything. */
  readonly outputs: ReadonlyMap<string, unknown>;
}

/** The direct sources whose outputs `gather` looks at: of the others it is enough that they are COMPLETED. */
export function wants({ incoming }: CompiledThread): ReadonlySet<string> {
  const wanted = incoming.filter(({ condition, definition }) => condition || feeds(definition));
  return new Set(wanted.map(({ source }) => source));
}

export type Gathered = { readonly input: Record<string, unknown> } | { readonly failure: ThreadFailure };

type Fields = Record<string, unknown>;

/** The data that a thread was promised is not there, or not what it must be. */
class Unfit extends Error {
  readonly code: string;

  constructor(message: string, code = 'INVALID_THREAD_INPUT') {
    super(message);
    this.code = code;
  }
}

const failed = (code: string, message: string): { failure: ThreadFailure } => ({
  failure: { code, message, retryable: false },
});

/**
 * What a thread is given: its own input, filled in, and over it what its dependencies deliver, in the order of the
 * definition. Of a TRANSFORM thread, the `inputs` of its expression. Plain JSON within the limits of a value, and
 * valid by the thread's inputSchema; else a failure that trying again cannot mend.
 */
export function gather(graph: CompiledGraph, name: string, sources: Sources): Gathered {
  const thread = graph.thread(name);
  const allowance = new Allowance();
  try {
    const filled = thread.template.fill(sources.input, allowance);
    const own = new WeakSet<object>([filled]);
    for (const edge of delivering(thread, sources, allowance)) deliver(edge, filled, own, sources, allowance);
    const fields = plain(filled) as Fields;
    checkBy(thread.inputSchema, fields, 'input');
    return { input: fields };
  } catch (error) {
    if (error instanceof Unfit) return failed(error.code, error.message);
    if (error instanceof ExpressionError || error instanceof NotJsonError)
      return failed('INVALID_THREAD_INPUT', `input: ${error.message}`);
    throw error;
  }
}

/**
 * The dependencies whose data flows, by the same rules by which the thread became ready. They are asked again, for a
 * person may have it tried once more although a condition could not be evaluated.
 */
function delivering(thread: CompiledThread, sources: Sources, allowance: Allowance): readonly CompiledEdge[] {
  const satisfied: CompiledEdge[] = [];
  const broken: Unfit[] = [];
  for (const edge of thread.incoming) {
    const holds = sources.outputs.has(edge.source) ? judge(edge, sources, allowance) : 'DEAD';
    if (holds === 'SATISFIED') satisfied.push(edge);
    else if (holds !== 'DEAD') broken.push(new Unfit(holds.message, holds.code));
  }
  const needed =
    thread.definition.join === 'ALL' ? thread.incoming.length : Math.min(1, thread.incoming.length);
  if (satisfied.length >= needed) return satisfied;
  throw broken[0] ?? new Unfit('what it depends on is not satisfied', 'CONDITION_FAILED');
}

/** Whether a dependency holds: a ThreadFailure where its condition cannot be evaluated. */
export type Verdict = 'SATISFIED' | 'DEAD' | ThreadFailure;
export type Judge = (edge: CompiledEdge, sources: Sources) => Verdict;

/** Judges all conditions of one step; one that is asked again gives what it gave before. */
export function judgeOnce(): Judge {
  const allowance = new Allowance();
  const verdicts = new Map<CompiledEdge, Verdict>();
  return (edge, sources) => {
    const verdict = verdicts.get(edge) ?? judge(edge, sources, allowance);
    verdicts.set(edge, verdict);
    return verdict;
  };
}

/** What a completed source means to a dependency. */
export function judge(edge: CompiledEdge, { input, outputs }: Sources, allowance: Allowance): Verdict {
  if (!edge.condition) return 'SATISFIED';
  try {
    const bindings = { output: outputs.get(edge.source), input };
    return edge.condition.evaluate(bindings, allowance) ? 'SATISFIED' : 'DEAD';
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const message = `the condition of ${edge.source} → ${edge.target} cannot be evaluated: ${error.message}`;
    return { code: 'CONDITION_FAILED', message, retryable: false };
  }
}

/** Puts what a dependency delivers into the fields; `own` are they, and what of theirs may be changed, too. */
function deliver(
  edge: CompiledEdge,
  fields: Fields,
  own: WeakSet<object>,
  { input, outputs }: Sources,
  allowance: Allowance,
): void {
  const { source, target, transform, mappings, definition } = edge;
  const output = outputs.get(source);
  const where = `${source} → ${target}`;
  if (definition.type === 'DATA_FLOW' && !transform && mappings.length === 0)
    merge(fields, isObject(output) ? output : { [source]: output });
  if (transform)
    try {
      merge(fields, transform.evaluate({ output, input }, allowance) as Fields);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      throw new Unfit(`${where}: transform: ${error.message}`);
    }
  for (const { from, to } of mappings) {
    const value = readPath(output, from);
    if (value === undefined)
      throw new Unfit(`${where}: the output of ${source} has nothing at ${formatPath(from)}`);
    try {
      writePath(fields, to, value, own);
    } catch (error) {
      if (!(error instanceof PathError)) throw error;
      throw new Unfit(`${where}: cannot write to ${formatPath(to)}: ${error.message}`);
    }
  }
}

function merge(into: Fields, fields: Fields): void {
  // Unlike assignment, this makes a key like __proto__ an ordinary one.
  for (const [key, value] of Object.entries(fields))
    if (key in Object.prototype)
      Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
    else into[key] = value;
}

function checkBy(schema: Schema | null, value: unknown, field: string): void {
  const issues = schema?.check(value) ?? [];
  if (issues.length > 0) throw new Unfit(worded(issues, field));
}

const worded = (issues: readonly InputIssue[], field: string) =>
  issues.map(({ path, message }) => `${path ? `${field}.${path}` : field} ${message}`).join('; ');

/** Why a thread's output is none that it may have; null where it is fine. */
export function checkOutput(graph: CompiledGraph, name: string, output: unknown): ThreadFailure | null {
  const issues = graph.thread(name).outputSchema?.check(output) ?? [];
  if (issues.length === 0) return null;
  return { code: 'INVALID_THREAD_OUTPUT', message: worded(issues, 'output'), retryable: false };
}

/**
 * What a TRANSFORM thread gives.
 *
 * @param inputs As gathered.
 * @param input The workflow's.
 */
export function evaluateTransform(
  graph: CompiledGraph,
  name: string,
  inputs: Record<string, unknown>,
  input: unknown,
): { output: unknown } | { failure: ThreadFailure } {
  try {
    return { output: expressionOf(graph.thread(name)).evaluate({ inputs, input }) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return failed('TRANSFORM_FAILED', error.message);
  }
}

function expressionOf({ definition, expression }: CompiledThread): Expression {
  if (expression) return expression;
  throw new Error(`thread ${definition.name} is of kind ${definition.kind}: it transforms nothing`);
}
