import { isUtf8 } from 'node:buffer';
import { NotATableError } from '../errors.ts';
import { pieces } from './file.ts';

/** Finds the first byte that is not UTF-8. */
export async function faultyByte(path: string): Promise<NotATableError | undefined> {
  let line = 1;
  let column = 1;
  let expected = 0;
  let lead = Buffer.alloc(0);
  const fault = (byte: number) =>
    new NotATableError(
      `Line ${line}, column ${column} is not UTF-8 (byte 0x${byte.toString(16).toUpperCase().padStart(2, '0')}); save the file as UTF-8.`,
      { line, column },
    );

  for await (const piece of pieces(path)) {
    for (const byte of piece) {
      if (expected > 0) {
        lead = Buffer.concat([lead, Buffer.of(byte)]);
        if (byte >> 6 !== 0b10) return fault(lead[0]!);
        expected -= 1;
        if (expected === 0 && !isUtf8(lead)) return fault(lead[0]!);
        if (expected === 0) column += 1;
      } else if (byte < 0x80) {
        column += 1;
        if (byte === 0x0a) {
          line += 1;
          column = 1;
        }
      } else {
        expected = byte >> 5 === 0b110 ? 1 : byte >> 4 === 0b1110 ? 2 : byte >> 3 === 0b11110 ? 3 : 0;
        if (expected === 0) return fault(byte);
        lead = Buffer.of(byte);
      }
    }
  }
  return expected > 0 ? fault(lead[0]!) : undefined;
}
