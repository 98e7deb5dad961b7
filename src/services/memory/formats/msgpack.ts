import { DEEPEST, Extension, type LegacyValue, Tuple, toFloat, toInteger, WholeFloat } from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';
import { ByteReader, ByteWriter } from './bytes.ts';

/**
 * MessagePack, as msgspec writes it. Our own, because what passes through must come out the same: packages for
 * JavaScript give 1.0 and 1 as one number, maps as objects whose keys lose their order, and refuse some keys.
 *
 * @throws {LegacyDocumentError}
 */
export function readMsgpack(bytes: Uint8Array): LegacyValue {
  const reader = new ByteReader(bytes);
  const value = read(reader, 0);
  if (reader.left > 0) throw new LegacyDocumentError('something follows its end.');
  return value;
}

/** @throws {LegacyDocumentError} */
export function writeMsgpack(value: LegacyValue): Buffer {
  const writer = new ByteWriter();
  write(writer, value, 0);
  return writer.done();
}

const BIG = false;

function read(from: ByteReader, depth: number): LegacyValue {
  if (depth > DEEPEST) throw new LegacyDocumentError(`it is nested deeper than ${DEEPEST}.`);
  const lead = from.uint8();
  if (lead <= 0x7f) return lead;
  if (lead <= 0x8f) return readMap(from, lead & 0x0f, depth);
  if (lead <= 0x9f) return readList(from, lead & 0x0f, depth);
  if (lead <= 0xbf) return from.text(lead & 0x1f);
  if (lead >= 0xe0) return lead - 0x100;
  switch (lead) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xc4:
      return from.take(from.uint8());
    case 0xc5:
      return from.take(from.uint16(BIG));
    case 0xc6:
      return from.take(from.uint32(BIG));
    case 0xc7:
      return readExtension(from, from.uint8());
    case 0xc8:
      return readExtension(from, from.uint16(BIG));
    case 0xc9:
      return readExtension(from, from.uint32(BIG));
    case 0xca:
      return toFloat(from.float32(BIG));
    case 0xcb:
      return toFloat(from.float64(BIG));
    case 0xcc:
      return from.uint8();
    case 0xcd:
      return from.uint16(BIG);
    case 0xce:
      return from.uint32(BIG);
    case 0xcf:
      return toInteger(from.uint64(BIG));
    case 0xd0:
      return from.int8();
    case 0xd1:
      return from.int16(BIG);
    case 0xd2:
      return from.int32(BIG);
    case 0xd3:
      return toInteger(from.int64(BIG));
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readExtension(from, 1 << (lead - 0xd4));
    case 0xd9:
      return from.text(from.uint8());
    case 0xda:
      return from.text(from.uint16(BIG));
    case 0xdb:
      return from.text(from.uint32(BIG));
    case 0xdc:
      return readList(from, from.uint16(BIG), depth);
    case 0xdd:
      return readList(from, from.uint32(BIG), depth);
    case 0xde:
      return readMap(from, from.uint16(BIG), depth);
    case 0xdf:
      return readMap(from, from.uint32(BIG), depth);
    default:
      throw new LegacyDocumentError(`the byte 0x${lead.toString(16)} begins no MessagePack value.`);
  }
}

/** The length is a stranger's word: nothing is set aside for it before its items are there. */
function readList(from: ByteReader, length: number, depth: number): LegacyValue[] {
  const items: LegacyValue[] = [];
  for (let index = 0; index < length; index += 1) items.push(read(from, depth + 1));
  return items;
}

function readMap(from: ByteReader, size: number, depth: number): Map<LegacyValue, LegacyValue> {
  const map = new Map<LegacyValue, LegacyValue>();
  for (let index = 0; index < size; index += 1) {
    const key = read(from, depth + 1);
    map.set(key, read(from, depth + 1));
  }
  return map;
}

const readExtension = (from: ByteReader, length: number): Extension => {
  const type = from.int8();
  return new Extension(type, from.take(length));
};

function write(to: ByteWriter, value: LegacyValue, depth: number): void {
  if (depth > DEEPEST) throw new LegacyDocumentError(`it is nested deeper than ${DEEPEST}.`);
  if (value === null) to.byte(0xc0);
  else if (typeof value === 'boolean') to.byte(value ? 0xc3 : 0xc2);
  else if (typeof value === 'string') writeText(to, value);
  else if (typeof value === 'bigint') writeInteger(to, value);
  else if (typeof value === 'number')
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) writeInteger(to, BigInt(value));
    else writeFloat(to, value);
  else if (value instanceof WholeFloat) writeFloat(to, value.value);
  else if (value instanceof Uint8Array) {
    writeLength(to, value.length, [0xc4, 0xc5, 0xc6]);
    to.bytes(value);
  } else if (value instanceof Extension) writeExtension(to, value);
  else if (value instanceof Map) {
    if (value.size < 16) to.byte(0x80 | value.size);
    else writeLength(to, value.size, [null, 0xde, 0xdf]);
    for (const [key, item] of value) {
      write(to, key, depth + 1);
      write(to, item, depth + 1);
    }
  } else {
    const items = value instanceof Tuple ? value.items : (value as readonly LegacyValue[]);
    if (items.length < 16) to.byte(0x90 | items.length);
    else writeLength(to, items.length, [null, 0xdc, 0xdd]);
    for (const item of items) write(to, item, depth + 1);
  }
}

function writeText(to: ByteWriter, text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 32) to.byte(0xa0 | bytes.length);
  else writeLength(to, bytes.length, [0xd9, 0xda, 0xdb]);
  to.bytes(bytes);
}

const writeFloat = (to: ByteWriter, value: number): void =>
  to.number(0xcb, 8, (view) => view.setFloat64(0, value));

function writeInteger(to: ByteWriter, value: bigint): void {
  const small = Number(value);
  if (value >= -0x20n && value < 0x80n) to.byte(small & 0xff);
  else if (value >= 0n && value <= 0xffn) to.byte(0xcc, small);
  else if (value >= 0n && value <= 0xffffn) to.number(0xcd, 2, (view) => view.setUint16(0, small));
  else if (value >= 0n && value <= 0xffffffffn) to.number(0xce, 4, (view) => view.setUint32(0, small));
  else if (value >= -0x80n && value < 0n) to.number(0xd0, 1, (view) => view.setInt8(0, small));
  else if (value >= -0x8000n && value < 0n) to.number(0xd1, 2, (view) => view.setInt16(0, small));
  else if (value >= -0x80000000n && value < 0n) to.number(0xd2, 4, (view) => view.setInt32(0, small));
  else if (value > 0n && value < 2n ** 64n) to.number(0xcf, 8, (view) => view.setBigUint64(0, value));
  else if (value < 0n && value >= -(2n ** 63n)) to.number(0xd3, 8, (view) => view.setBigInt64(0, value));
  else throw new LegacyDocumentError('MessagePack has no integers beyond 64 bits.');
}

/** @param leads For lengths of 8, 16 and 32 bits; null where the format has none of 8. */
function writeLength(to: ByteWriter, length: number, [short, middle, long]: [number | null, number, number]) {
  if (short !== null && length <= 0xff) to.byte(short, length);
  else if (length <= 0xffff) to.number(middle, 2, (view) => view.setUint16(0, length));
  else to.number(long, 4, (view) => view.setUint32(0, length));
}

function writeExtension(to: ByteWriter, { type, data }: Extension): void {
  const fixed = [1, 2, 4, 8, 16].indexOf(data.length);
  if (fixed >= 0) to.byte(0xd4 + fixed);
  else writeLength(to, data.length, [0xc7, 0xc8, 0xc9]);
  to.byte(type & 0xff);
  to.bytes(data);
}
