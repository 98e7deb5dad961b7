import { DEEPEST, Extension, isList, isMap, type LegacyValue, Tuple, WholeFloat } from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';
import { ByteWriter } from './bytes.ts';

const LITTLE = true;

/**
 * Plain data as a pickle of protocol 3, the oldest that has bytes, which every Python 3 reads.
 *
 * @throws {LegacyDocumentError}
 */
export function writePickle(value: LegacyValue): Buffer {
  const writer = new ByteWriter();
  writer.byte(0x80, 3);
  write(writer, value, 0);
  writer.byte(0x2e);
  return writer.done();
}

function write(to: ByteWriter, value: LegacyValue, depth: number): void {
  if (depth > DEEPEST) throw new LegacyDocumentError(`it is nested deeper than ${DEEPEST}.`);
  if (value === null) to.byte(0x4e);
  else if (typeof value === 'boolean') to.byte(value ? 0x88 : 0x89);
  else if (typeof value === 'string') writeText(to, value);
  else if (typeof value === 'bigint') writeLong(to, value);
  else if (typeof value === 'number')
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(to, value);
    else writeFloat(to, value);
  else if (value instanceof WholeFloat) writeFloat(to, value.value);
  else if (value instanceof Uint8Array) {
    to.number(0x42, 4, (view) => view.setUint32(0, value.length, LITTLE));
    to.bytes(value);
  } else if (value instanceof Extension)
    throw new LegacyDocumentError('a pickle has no MessagePack extensions.');
  else if (value instanceof Tuple) {
    to.byte(MARK);
    for (const item of value.items) write(to, item, depth + 1);
    to.byte(0x74);
  } else if (isMap(value)) {
    to.byte(0x7d, MARK);
    for (const [key, item] of value) {
      write(to, key, depth + 1);
      write(to, item, depth + 1);
    }
    to.byte(0x75);
  } else if (isList(value)) {
    to.byte(0x5d, MARK);
    for (const item of value) write(to, item, depth + 1);
    to.byte(0x65);
  }
}

const MARK = 0x28;

function writeText(to: ByteWriter, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  to.number(0x58, 4, (view) => view.setUint32(0, bytes.length, LITTLE));
  to.bytes(bytes);
}

const writeFloat = (to: ByteWriter, value: number): void =>
  to.number(0x47, 8, (view) => view.setFloat64(0, value));

function writeInteger(to: ByteWriter, value: number): void {
  if (value < -0x8000_0000 || value > 0x7fff_ffff) writeLong(to, BigInt(value));
  else to.number(0x4a, 4, (view) => view.setInt32(0, value, LITTLE));
}

/** Two's complement, least significant byte first, with room for the sign. */
function writeLong(to: ByteWriter, value: bigint): void {
  const length = Math.floor((value < 0n ? -value : value).toString(16).length / 2) + 1;
  const digits = BigInt.asUintN(8 * length, value).toString(16);
  const bytes = Buffer.from(digits.padStart(2 * length, '0'), 'hex').reverse();
  to.number(0x8b, 4, (view) => view.setInt32(0, bytes.length, LITTLE));
  to.bytes(bytes);
}
