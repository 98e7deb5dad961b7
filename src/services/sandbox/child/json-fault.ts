import { readFile, stat } from 'node:fs/promises';
import { NotATableError, type Place } from '../errors.ts';
import type { TableFile } from '../types.ts';
import { faultyByte } from './utf8.ts';

/** Beyond this many bytes a fault is reported without its place: the text would have to fit into one string. */
const mostBytes = 64 * 2 ** 20;

/** Finds what is wrong with a file that is not rows of JSON. */
export async function explainJson(file: TableFile, otherwise: string): Promise<NotATableError> {
  if ((await stat(file.path)).size > mostBytes) return new NotATableError(otherwise);
  const notText = await faultyByte(file.path);
  if (notText) return notText;

  const text = (await readFile(file.path, 'utf8')).replace(/^\ufeff/, '');
  const fault = file.format === 'NDJSON' ? faultInLines(text) : faultIn(text, 1);
  if (!fault) return new NotATableError(otherwise);
  const { message, line, column } = fault;
  return new NotATableError(`Line ${line}, column ${column}: ${message}.`, { line, column });
}

interface Fault extends Place {
  message: string;
}

function faultInLines(text: string): Fault | undefined {
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const fault = faultIn(line, 0);
    if (fault) return { ...fault, line: i + 1 };
  }
}

const token =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)|$)/uy;

/**
 * The first thing in the text that is no JSON, or no object where a row should be.
 *
 * @param rowDepth How many arrays surround a row: 1 in an array of objects, 0 on a line of its own.
 */
function faultIn(text: string, rowDepth: number): Fault | undefined {
  const open: string[] = [];
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' = 'value';
  let values = 0;
  token.lastIndex = 0;

  for (;;) {
    const from = token.lastIndex;
    const match = token.exec(text);
    const at = match ? match.index + match[0].length - (match[1] ?? match[2] ?? match[3] ?? '').length : from;
    const fault = (message: string) => ({ message, ...place(text, match ? at : skipSpace(text, from)) });

    if (!match) return fault('this is not JSON');
    const [, sign, string, scalar] = match;
    const inside = open.at(-1);
    if (sign === undefined && string === undefined && scalar === undefined) {
      if (open.length > 0) return fault(`the file ends before its ${inside} is closed`);
      return values > 0 ? undefined : fault('nothing is here');
    }

    const startsValue = sign === '{' || sign === '[' || string !== undefined || scalar !== undefined;
    if (expected.startsWith('value') && startsValue) {
      if (
        open.length === rowDepth &&
        sign !== '{' &&
        !(rowDepth === 1 && open.length === 0 && sign === '[')
      ) {
        return fault(`a row must be an object, this is ${sign === '[' ? 'an array' : 'a single value'}`);
      }
      if (open.length === 0) values += 1;
      if (sign) open.push(sign);
      expected = sign === '{' ? 'key or }' : sign === '[' ? 'value or ]' : ', or end';
    } else if (expected.startsWith('key') && string !== undefined) expected = ':';
    else if (expected === ':' && sign === ':') expected = 'value';
    else if ((sign === '}' && inside === '{' && expected !== 'key') || (sign === ']' && inside === '[')) {
      if (expected !== ', or end' && !expected.endsWith(sign))
        return fault(`a value is expected, not ${sign}`);
      open.pop();
      expected = ', or end';
    } else if (expected === ', or end' && sign === ',' && inside) expected = inside === '{' ? 'key' : 'value';
    else if (expected === ', or end' && open.length === 0 && sign === '{' && rowDepth === 1) {
      open.push(sign); // objects one after the other
      expected = 'key or }';
    } else return fault(`${wanted[expected]} is expected`);
  }
}

const wanted = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a name in double quotes',
  'key or }': 'a name in double quotes or }',
  ':': 'a colon',
  ', or end': 'a comma or the end',
};

const skipSpace = (text: string, from: number): number =>
  from + (/^[ \t\r\n]*/.exec(text.slice(from))?.[0].length ?? 0);

function place(text: string, at: number): Required<Place> {
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}
