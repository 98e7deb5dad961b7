import { Allowance } from './allowance.ts';
import { compileExpression, type Expression, ExpressionError } from './expressions.ts';
import { isObject, kindOf } from './json.ts';
import { formatPath, type Path } from './paths.ts';

/** A thread's input with `${…}` in its texts, compiled. */
export interface Template {
  /** Whether there is any `${…}` in it. */
  readonly dynamic: boolean;
  /** The fields of its top that have none, as they will be. */
  readonly fixed: Record<string, unknown>;
  /**
   * The input, for one run.
   *
   * @param input The workflow's.
   * @param allowance What its expressions share with others.
   * @throws {ExpressionError}
   */
  fill(input: unknown, allowance?: Allowance): Record<string, unknown>;
}

interface TemplateProblem {
  /** Of the text, dotted. */
  path: string;
  message: string;
}

type Fill = (input: unknown, allowance: Allowance) => unknown;

/** `${…}` in a value, and some that are only written; without recursion, whatever comes. */
export function countTemplates(value: unknown): number {
  let count = 0;
  const open = [value];
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node === 'string') count += node.split('${').length - 1;
    else if (typeof node === 'object' && node !== null)
      for (const child of Object.values(node)) open.push(child);
  }
  return count;
}

/** All expressions are compiled; what is wrong with them is collected. */
export function compileTemplate(input: Readonly<Record<string, unknown>>): {
  template: Template;
  problems: readonly TemplateProblem[];
} {
  const problems: TemplateProblem[] = [];
  const fills = Object.entries(input).map(
    ([key, value]) => [key, value, compileNode(value, [key], problems)] as const,
  );
  const template: Template = {
    dynamic: fills.some(([, , fill]) => fill),
    fixed: Object.fromEntries(fills.filter(([, , fill]) => !fill).map(([key, value]) => [key, value])),
    fill: (bindings, allowance = new Allowance()) =>
      Object.fromEntries(fills.map(([key, value, fill]) => [key, fill ? fill(bindings, allowance) : value])),
  };
  return { template, problems };
}

/** Null where a value has no template in it. */
function compileNode(value: unknown, path: Path, problems: TemplateProblem[]): Fill | null {
  if (typeof value === 'string') return compileText(value, path, problems);
  if (Array.isArray(value)) {
    const fills = value.map((item, index) => compileNode(item, [...path, index], problems));
    if (fills.every((fill) => fill === null)) return null;
    return (input, allowance) => fills.map((fill, index) => (fill ? fill(input, allowance) : value[index]));
  }
  if (!isObject(value)) return null;
  const fills = Object.entries(value).map(
    ([key, item]) => [key, item, compileNode(item, [...path, key], problems)] as const,
  );
  if (fills.every(([, , fill]) => fill === null)) return null;
  return (input, allowance) =>
    Object.fromEntries(fills.map(([key, item, fill]) => [key, fill ? fill(input, allowance) : item]));
}

/** Text and expressions in turn. A text that is one expression and nothing else becomes that expression's value. */
function compileText(text: string, path: Path, problems: TemplateProblem[]): Fill | null {
  if (!text.includes('${')) return null;
  const where = formatPath(path);
  try {
    const parts = split(text).map((part) =>
      typeof part === 'string' ? part : compileExpression(part.expression, ['input'], 'VALUE'),
    );
    const [only] = parts;
    if (parts.length === 1 && typeof only === 'object')
      return (input, allowance) => filled(only, where, input, allowance);
    return (input, allowance) =>
      parts.map((part) => (typeof part === 'string' ? part : worded(part, where, input, allowance))).join('');
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    problems.push({ path: where, message: error.message });
    return null;
  }
}

function filled(expression: Expression, where: string, input: unknown, allowance: Allowance): unknown {
  try {
    return expression.evaluate({ input }, allowance);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new ExpressionError(`${where}: ${error.message}`, { cause: error });
  }
}

function worded(expression: Expression, where: string, input: unknown, allowance: Allowance): string {
  const value = filled(expression, where, input, allowance);
  if (value === null || typeof value === 'object')
    throw new ExpressionError(
      `${where}: \${${expression.text}} gave ${kindOf(value)}, which cannot stand in a text.`,
    );
  return String(value);
}

/** `$${` stands for `${` itself. A brace inside an expression, or in a text in it, does not end it. */
function split(text: string): (string | { expression: string })[] {
  const parts: (string | { expression: string })[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('$${', at)) {
      literal += '${';
      at += 3;
    } else if (text.startsWith('${', at)) {
      const end = endOf(text, at + 2);
      if (literal) parts.push(literal);
      literal = '';
      parts.push({ expression: text.slice(at + 2, end) });
      at = end + 1;
    } else {
      literal += text[at];
      at += 1;
    }
  }
  if (literal) parts.push(literal);
  return parts;
}

function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === "'") {
      for (at += 1; at < text.length && text[at] !== character; at += 1) if (text[at] === '\\') at += 1;
    } else if (character === '{') depth += 1;
    else if (character === '}') {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  throw new ExpressionError('a ${ is never closed; write $${ for the characters themselves');
}
