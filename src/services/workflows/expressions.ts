import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { Allowance, SpentError } from './allowance.ts';
import { isObject, kindOf, NotJsonError, plain } from './json.ts';
import { translateLambda } from './lambdas.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { meter, metered } from './meter.ts';
import { compilePattern } from './patterns.ts';
import { TooSlowError } from './wall.ts';

/** An expression that cannot be compiled, or evaluated. The message is for whoever wrote it. */
export class ExpressionError extends Error {}

/** What an expression must give. */
export type Wanted = 'BOOLEAN' | 'OBJECT' | 'VALUE';

export interface Expression {
  readonly text: string;
  /**
   * Its value, plain JSON. Bounded in steps, size and time.
   *
   * @param bindings JSON for each of its variables. Numbers are CEL doubles, as CEL has it for JSON.
   * @param allowance What it shares with the others of its step.
   * @throws {ExpressionError}
   */
  evaluate(bindings: Readonly<Record<string, unknown>>, allowance?: Allowance): unknown;
}

type Bindings = Readonly<Record<string, unknown>>;

/** An expression as the vendor keeps it: about 400 bytes for each node. */
interface Compiled {
  readonly run: (bindings: Bindings) => unknown;
  /** Its static type, by name. */
  readonly type: string;
  /** Whether it calls anything, so that its steps do not measure its time. */
  readonly heavy: boolean;
  readonly nodes: number;
}

/**
 * Nodes of compiled expressions that one process keeps, 40 MB of them. A graph of two million characters can have a
 * million; what is not kept is compiled again when it is evaluated, which takes 50 µs for a short one.
 */
const KEPT_NODES = 100_000;
/** By variables and text; the one used last comes last. */
const kept = new Map<string, Compiled>();
let keptNodes = 0;

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** Ours, under names of their own, for the vendor's cannot be replaced: `matches` backtracks, `join` multiplies. */
const OURS = new Map([
  ['matches', 'matchesInLinearTime'],
  ['join', 'joinWithinBounds'],
]);
/** Keys that the vendor would drop without a word. */
const NO_KEYS = new Set<unknown>(['__proto__', 'constructor', 'prototype']);
const MESSAGE_LENGTH = 1_000;
/** Static types that are no answer to what is wanted, by their names. */
const FITS: Record<Wanted, RegExp> = { BOOLEAN: /^(bool|dyn)$/, OBJECT: /^(map|dyn)/, VALUE: /^/ };

/**
 * A CEL expression over the variables, checked as far as it can be without their values.
 *
 * @throws {ExpressionError}
 */
export function compileExpression(text: string, variables: readonly string[], wanted: Wanted): Expression {
  if (text.trim() === '') throw new ExpressionError('The expression is empty.');
  if (text.length > GRAPH_LIMITS.expressionLength)
    throw new ExpressionError(
      `An expression may have ${GRAPH_LIMITS.expressionLength} characters; this one has ${text.length}.`,
    );

  const { type } = compiled(text, variables);
  if (!FITS[wanted].test(type))
    throw new ExpressionError(`The expression must give ${NAMES[wanted]}; it gives a ${type}.`);
  return {
    text,
    evaluate(bindings, allowance = new Allowance()) {
      try {
        const { run, heavy } = compiled(text, variables);
        const value = allowance.time(heavy, () => run(bindings));
        const copied = allowance.time(false, () => plain(value, convert, (units) => allowance.spend(units)));
        return fitting(copied, wanted);
      } catch (error) {
        if (error instanceof ExpressionError) throw error;
        if (error instanceof TooSlowError || error instanceof SpentError || error instanceof NotJsonError)
          throw new ExpressionError(`Evaluating the expression failed: ${error.message}.`, { cause: error });
        throw new ExpressionError(readable(error), { cause: error });
      }
    },
  };
}

/** @throws {ExpressionError} */
function compiled(text: string, variables: readonly string[]): Compiled {
  const key = `${variables.join()} ${text}`;
  const known = kept.get(key);
  const expression = known ?? compile(text, variables);
  if (known) kept.delete(key);
  else keptNodes += expression.nodes;
  kept.set(key, expression);
  for (const [oldest, { nodes }] of kept) {
    if (keptNodes <= KEPT_NODES) break;
    kept.delete(oldest);
    keptNodes -= nodes;
  }
  return expression;
}

/** @throws {ExpressionError} */
function compile(text: string, variables: readonly string[]): Compiled {
  const parsed = parse(text, variables);
  const { heavy, nodes } = examine(parsed.ast);
  const { valid, type = '', error } = parsed.check();
  if (!valid) throw new ExpressionError(readable(error));
  meter(nodes);
  const run = (bindings: Bindings) => {
    try {
      return metered(() => parsed(bindings));
    } catch (error) {
      // The vendor tells objects by their `constructor`, which may be a field of theirs. Maps it tells by their class.
      if ((error as { code?: unknown }).code !== 'unsupported_type') throw error;
      return metered(() => parsed(mapped(bindings) as Record<string, unknown>));
    }
  };
  return { run, type, heavy, nodes: nodes.length };
}

const NAMES: Record<Wanted, string> = { BOOLEAN: 'a boolean', OBJECT: 'an object', VALUE: 'a value' };

function parse(text: string, variables: readonly string[]) {
  try {
    return environment(variables).parse(text);
  } catch (error) {
    if (/^\s*lambda\b/.test(text)) {
      const translated = translateLambda(text);
      throw new ExpressionError(
        translated
          ? `This is Python; conditions are written in CEL. Write: ${translated}`
          : 'This is Python; conditions are written in CEL, over `output` and `input`, such as ' +
              'has(output.done) ? output.done : false',
        { cause: error },
      );
    }
    if (error instanceof ParseError) throw new ExpressionError(readable(error), { cause: error });
    throw error;
  }
}

/**
 * Walks the whole tree once: bounds what the parser does not, and puts our functions where the vendor's were.
 *
 * @returns All nodes; and whether it calls anything, so that its steps do not measure its time.
 */
function examine(root: ASTNode): { heavy: boolean; nodes: readonly ASTNode[] } {
  let heavy = false;
  const nodes: ASTNode[] = [];
  const open: [node: ASTNode, depth: number][] = [[root, 0]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [node, depth] = next;
    nodes.push(node);
    const inside = node.op === 'rcall' && COMPREHENSIONS.has(node.args[0]) ? depth + 1 : depth;
    if (inside > GRAPH_LIMITS.comprehensionDepth)
      throw new ExpressionError(
        `all, exists, map and filter may nest ${GRAPH_LIMITS.comprehensionDepth} deep.`,
      );
    if (node.op === 'rcall' || (node.op === 'call' && node.args[0] !== 'has')) heavy = true;
    if (node.op === 'rcall') {
      const [pattern] = node.args[2];
      if (node.args[0] === 'matches' && pattern?.op === 'value' && typeof pattern.args === 'string')
        linear(pattern.args);
      node.args[0] = OURS.get(node.args[0]) ?? node.args[0];
    }
    if (node.op === 'map')
      for (const [key] of node.args)
        if (key.op === 'value' && NO_KEYS.has(key.args))
          throw new ExpressionError(`A map cannot have the key ${JSON.stringify(key.args)}.`);
    for (const child of children(node)) open.push([child, inside]);
  }
  return { heavy, nodes };
}

/** The nodes below one. @throws {ExpressionError} What is not known is not let through. */
function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'map':
      return node.args.flat();
    default:
      if (Array.isArray(node.args)) return node.args;
      throw new ExpressionError('The expression uses an operator that is not supported.');
  }
}

function linear(pattern: string) {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw new ExpressionError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

const SYNC = { async: false };
const environments = new Map<string, Environment>();

function environment(variables: readonly string[]): Environment {
  const key = variables.join();
  const known = environments.get(key);
  if (known) return known;

  const made = new Environment({
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: GRAPH_LIMITS.expressionNodes,
      maxDepth: GRAPH_LIMITS.expressionDepth,
      maxListElements: GRAPH_LIMITS.expressionElements,
      maxMapEntries: GRAPH_LIMITS.expressionElements,
      maxCallArguments: 10,
    },
  });
  for (const name of variables) made.registerVariable(name, 'dyn');
  made.registerFunction(
    `string.${OURS.get('matches')}(string): bool`,
    (text: string, pattern: string) => linear(pattern).test(text),
    SYNC,
  );
  made.registerFunction(`list<string>.${OURS.get('join')}(): string`, join, SYNC);
  made.registerFunction(`list<string>.${OURS.get('join')}(string): string`, join, SYNC);
  mixNumbers(made);
  environments.set(key, made);
  return made;
}

function join(items: readonly unknown[] | ReadonlySet<unknown>, separator = ''): string {
  let length = 0;
  for (const item of items) {
    if (typeof item !== 'string')
      throw new ExpressionError(`join: the list must have nothing but strings; there is ${kindOf(item)}.`);
    length += item.length + separator.length;
    if (length > GRAPH_LIMITS.evaluationSize)
      throw new ExpressionError(
        `join: the text would be longer than ${GRAPH_LIMITS.evaluationSize} characters.`,
      );
  }
  return [...items].join(separator);
}

/** JSON's numbers are doubles and written ones are ints: here they may meet, as nobody expects otherwise. */
function mixNumbers(into: Environment): void {
  const operators: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [sign, apply] of Object.entries(operators)) {
    const mixed = (a: number | bigint, b: number | bigint) => apply(Number(a), Number(b));
    into.registerOperator(`int ${sign} double: double`, mixed);
    into.registerOperator(`double ${sign} int: double`, mixed);
    if (sign === '%') into.registerOperator('double % double: double', mixed);
  }
  const cut = (text: string, from: number | bigint, to: number | bigint = text.length) => {
    const [start, end] = [Number(from), Number(to)];
    if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length)
      return text.substring(start, end);
    throw new ExpressionError(`substring: ${start} to ${end} is no part of ${text.length} characters.`);
  };
  into.registerFunction('string.substring(double): string', cut, SYNC);
  for (const pair of ['double, double', 'double, int', 'int, double'])
    into.registerFunction(`string.substring(${pair}): string`, cut, SYNC);
}

/** JSON with maps for all objects that have a field `constructor`. */
function mapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapped);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, field]): [string, unknown] => [key, mapped(field)]);
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}

/** JSON for what only CEL knows. */
function convert(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === 'bigint') return safe(value);
  if (value instanceof UnsignedInt) return safe(BigInt(String(value)));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Duration) return String(value);
  return undefined;
}

function safe(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new NotJsonError(`${value} is beyond the integers that JSON carries exactly`);
}

function fitting(value: unknown, wanted: Wanted): unknown {
  if (wanted === 'BOOLEAN' && typeof value !== 'boolean')
    throw new ExpressionError(`The expression must give a boolean; it gave ${kindOf(value)}.`);
  if (wanted === 'OBJECT' && !isObject(value))
    throw new ExpressionError(`The expression must give an object; it gave ${kindOf(value)}.`);
  return value;
}

/** The vendor's message, which shows the place with a caret, by the names that the author knows. */
function readable(error: unknown): string {
  let message = error instanceof Error ? error.message : String(error);
  for (const [name, ours] of OURS) message = message.replaceAll(ours, name);
  return message.slice(0, MESSAGE_LENGTH);
}
