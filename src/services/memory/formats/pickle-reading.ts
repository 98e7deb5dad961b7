import { isMap, type LegacyValue, Tuple, toFloat, toInteger } from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';
import { ByteReader } from './bytes.ts';

const LITTLE = true;

/** Where a group of values on the stack begins. */
const MARK = Symbol('mark');
type Slot = LegacyValue | typeof MARK;

/**
 * Reads a pickle of Python (protocols 0 to 5) that holds plain data: None, booleans, numbers, text, bytes, lists,
 * tuples and dictionaries. A pickle is a program that can build any object and call any function; the operations
 * for that are refused, whatever they would build.
 *
 * @throws {LegacyDocumentError}
 */
export function readPickle(bytes: Uint8Array): LegacyValue {
  return new Unpickling(bytes).run();
}

class Unpickling {
  readonly #from: ByteReader;
  readonly #stack: Slot[] = [];
  readonly #memo = new Map<number, LegacyValue>();

  constructor(bytes: Uint8Array) {
    this.#from = new ByteReader(bytes);
  }

  run(): LegacyValue {
    for (;;) {
      const code = this.#from.uint8();
      if (code === STOP) return this.#pop();
      const operation = OPERATIONS[code];
      if (!operation)
        throw new LegacyDocumentError(
          `its pickle has the operation 0x${code.toString(16)}, which makes more than plain data.`,
        );
      operation(this, this.#from);
    }
  }

  push(value: Slot): void {
    this.#stack.push(value);
  }

  pop(): LegacyValue {
    return this.#pop();
  }

  top(): LegacyValue {
    const value = this.#pop();
    this.#stack.push(value);
    return value;
  }

  /** What lies above the last mark; the mark goes too. */
  sinceMark(): LegacyValue[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw broken();
    const values = this.#stack.splice(mark) as LegacyValue[];
    return values.slice(1);
  }

  discard(): void {
    if (this.#stack.length === 0) throw broken();
    this.#stack.pop();
  }

  append(items: readonly LegacyValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw broken();
    for (const item of items) list.push(item);
  }

  set(items: readonly LegacyValue[]): void {
    const map = this.top();
    if (!isMap(map)) throw broken();
    pairUp(items, map as Map<LegacyValue, LegacyValue>);
  }

  remember(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw broken();
    this.#stack.push(value);
  }

  #pop(): LegacyValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw broken();
    return value;
  }
}

type Operation = (machine: Unpickling, from: ByteReader) => void;

const STOP = 0x2e;

/** By their byte, in the order of Python's pickletools. Those that are missing build objects or call something. */
const OPERATIONS: Readonly<Record<number, Operation>> = {
  // Numbers and truth. In protocol 0 `I00` and `I01` are the booleans.
  73: (machine, from) => machine.push(readDecimal(from.line())),
  74: (machine, from) => machine.push(from.int32(LITTLE)),
  75: (machine, from) => machine.push(from.uint8()),
  77: (machine, from) => machine.push(from.uint16(LITTLE)),
  76: (machine, from) => machine.push(readInteger(from.line().replace(/L$/, ''))),
  138: (machine, from) => machine.push(readLong(from.take(from.uint8()))),
  139: (machine, from) => machine.push(readLong(from.take(lengthOf(from.int32(LITTLE))))),
  70: (machine, from) => machine.push(readFloat(from.line())),
  71: (machine, from) => machine.push(toFloat(from.float64(false))),
  78: (machine) => machine.push(null),
  136: (machine) => machine.push(true),
  137: (machine) => machine.push(false),
  // Text and bytes. The first three are texts of Python 2, which Python 3 reads as ASCII.
  83: (machine, from) => machine.push(readQuoted(from.line())),
  84: (machine, from) => machine.push(ascii(from.take(lengthOf(from.int32(LITTLE))))),
  85: (machine, from) => machine.push(ascii(from.take(from.uint8()))),
  86: (machine, from) => machine.push(readEscaped(from.line())),
  88: (machine, from) => machine.push(from.text(from.uint32(LITTLE))),
  140: (machine, from) => machine.push(from.text(from.uint8())),
  141: (machine, from) => machine.push(from.text(Number(from.uint64(LITTLE)))),
  66: (machine, from) => machine.push(from.take(from.uint32(LITTLE))),
  67: (machine, from) => machine.push(from.take(from.uint8())),
  142: (machine, from) => machine.push(from.take(Number(from.uint64(LITTLE)))),
  // Lists, tuples and dictionaries.
  93: (machine) => machine.push([]),
  108: (machine) => machine.push(machine.sinceMark()),
  97: (machine) => {
    const item = machine.pop();
    machine.append([item]);
  },
  101: (machine) => machine.append(machine.sinceMark()),
  41: (machine) => machine.push(new Tuple([])),
  116: (machine) => machine.push(new Tuple(machine.sinceMark())),
  133: (machine) => machine.push(new Tuple(last(machine, 1))),
  134: (machine) => machine.push(new Tuple(last(machine, 2))),
  135: (machine) => machine.push(new Tuple(last(machine, 3))),
  125: (machine) => machine.push(new Map()),
  100: (machine) => machine.push(pairUp(machine.sinceMark(), new Map())),
  115: (machine) => machine.set(last(machine, 2)),
  117: (machine) => machine.set(machine.sinceMark()),
  // The stack and the memo.
  40: (machine) => machine.push(MARK),
  48: (machine) => machine.discard(),
  49: (machine) => void machine.sinceMark(),
  50: (machine) => machine.push(machine.top()),
  103: (machine, from) => machine.recall(Number(from.line())),
  104: (machine, from) => machine.recall(from.uint8()),
  106: (machine, from) => machine.recall(from.uint32(LITTLE)),
  112: (machine, from) => machine.remember(Number(from.line())),
  113: (machine, from) => machine.remember(from.uint8()),
  114: (machine, from) => machine.remember(from.uint32(LITTLE)),
  148: (machine) => machine.memoize(),
  // Frames only say how much to read at once.
  128: (_machine, from) => {
    const protocol = from.uint8();
    if (protocol > 5) throw new LegacyDocumentError(`its pickle has the unknown protocol ${protocol}.`);
  },
  149: (_machine, from) => void from.uint64(LITTLE),
};

const broken = (): LegacyDocumentError => new LegacyDocumentError('its pickle makes no sense.');

const last = (machine: Unpickling, count: number): LegacyValue[] =>
  Array.from({ length: count }, () => machine.pop()).reverse();

/** A dictionary's keys must be plain: a list or a dictionary as a key would be found by identity only. */
function pairUp(
  items: readonly LegacyValue[],
  map: Map<LegacyValue, LegacyValue>,
): Map<LegacyValue, LegacyValue> {
  if (items.length % 2 !== 0) throw broken();
  for (let index = 0; index < items.length; index += 2) {
    const [key, value] = [items[index], items[index + 1]];
    if (key === undefined || value === undefined) throw broken();
    map.set(key, value);
  }
  return map;
}

function lengthOf(length: number): number {
  if (length < 0) throw broken();
  return length;
}

function readInteger(text: string): LegacyValue {
  if (!/^[+-]?\d{1,1000}$/.test(text)) throw broken();
  return toInteger(BigInt(text.replace(/^\+/, '')));
}

function readDecimal(text: string): LegacyValue {
  if (text === '00') return false;
  return text === '01' ? true : readInteger(text);
}

function readFloat(text: string): LegacyValue {
  const named = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY }[text];
  const value = named ?? (text.trim() === '' ? Number.NaN : Number(text));
  if (Number.isNaN(value) && text !== 'nan') throw broken();
  return toFloat(value);
}

/** Two's complement, least significant byte first. */
function readLong(bytes: Uint8Array): LegacyValue {
  if (bytes.length === 0) return 0;
  const digits = Buffer.from(bytes).reverse().toString('hex');
  return toInteger(BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits}`)));
}

function ascii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 0x7f)) throw new LegacyDocumentError('a text of Python 2 is not ASCII.');
  return Buffer.from(bytes).toString('latin1');
}

/** Text of protocol 0: a few characters are written as \u and four hexadecimal digits, or \U and eight; the rest is Latin-1. */
function readEscaped(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16);
    if (code > 0x10ffff) throw broken();
    return String.fromCodePoint(code);
  });
}

/** Text of Python 2 in quotes, with the escapes of its source code. */
function readQuoted(line: string): string {
  const quoted = /^(['"])(.*)\1$/s.exec(line.trim());
  if (!quoted) throw broken();
  return (quoted[2] ?? '').replace(/\\(?:x([0-9a-f]{2})|(.))/gis, (_, hex?: string, plain?: string) => {
    if (hex) return ascii(Uint8Array.of(Number.parseInt(hex, 16)));
    const escaped = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }[plain ?? ''];
    if (escaped === undefined) throw broken();
    return escaped;
  });
}
