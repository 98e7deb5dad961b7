import { LARGEST_DOCUMENT } from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads bytes from the front to the back; reading past the end is a document's fault. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** A copy: what is read outlives the buffer it came in. */
  take(length: number): Uint8Array {
    const start = this.#skip(length);
    return Uint8Array.from(this.#bytes.subarray(start, start + length));
  }

  text(length: number): string {
    const start = this.#skip(length);
    try {
      return utf8.decode(this.#bytes.subarray(start, start + length));
    } catch (error) {
      throw new LegacyDocumentError('a text is not UTF-8.', { cause: error });
    }
  }

  /** Latin-1 up to the next line feed, without it. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new LegacyDocumentError('it ends in the middle.');
    const line = Buffer.from(this.take(end - this.#at)).toString('latin1');
    this.#at += 1;
    return line;
  }

  uint8 = (): number => this.#view.getUint8(this.#skip(1));
  int8 = (): number => this.#view.getInt8(this.#skip(1));
  uint16 = (littleEndian: boolean): number => this.#view.getUint16(this.#skip(2), littleEndian);
  int16 = (littleEndian: boolean): number => this.#view.getInt16(this.#skip(2), littleEndian);
  uint32 = (littleEndian: boolean): number => this.#view.getUint32(this.#skip(4), littleEndian);
  int32 = (littleEndian: boolean): number => this.#view.getInt32(this.#skip(4), littleEndian);
  uint64 = (littleEndian: boolean): bigint => this.#view.getBigUint64(this.#skip(8), littleEndian);
  int64 = (littleEndian: boolean): bigint => this.#view.getBigInt64(this.#skip(8), littleEndian);
  float32 = (littleEndian: boolean): number => this.#view.getFloat32(this.#skip(4), littleEndian);
  float64 = (littleEndian: boolean): number => this.#view.getFloat64(this.#skip(8), littleEndian);

  #skip(length: number): number {
    if (length > this.left) throw new LegacyDocumentError('it ends in the middle.');
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

/** Collects bytes, up to what a document may have. */
export class ByteWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  bytes(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > LARGEST_DOCUMENT)
      throw new LegacyDocumentError(`it would have more than ${LARGEST_DOCUMENT} bytes.`);
    this.#pieces.push(piece);
  }

  byte(...bytes: readonly number[]): void {
    this.bytes(Uint8Array.from(bytes));
  }

  /** A leading byte, and a number of `size` bytes after it. */
  number(lead: number, size: number, write: (view: DataView) => void): void {
    const piece = new Uint8Array(1 + size);
    piece[0] = lead;
    write(new DataView(piece.buffer, 1));
    this.bytes(piece);
  }

  done(): Buffer {
    return Buffer.concat(this.#pieces, this.#length);
  }
}
