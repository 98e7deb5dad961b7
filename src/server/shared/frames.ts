/** The final, only frame of a text message, as a server sends it: unmasked, not compressed (RFC 6455, 5.2). */
const TEXT = 0x81;
const SHORT = 126;
const MEDIUM = 127;
const CLOSING_BRACE = 0x7d;

/** What stands before the result in each of a subscription's messages; the result and a closing brace follow. */
export const opening = (id: string): Buffer =>
  Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);

/** The WebSocket frames of one subscription's messages, one for each result, in one piece. */
export function framesOf(opening: Buffer, results: readonly Buffer[]): Buffer {
  let size = 0;
  for (const result of results) size += frameSize(opening.length + result.length + 1);

  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const result of results) {
    at = writeHeader(frames, at, opening.length + result.length + 1);
    frames.set(opening, at);
    at += opening.length;
    frames.set(result, at);
    at += result.length;
    frames[at++] = CLOSING_BRACE;
  }
  return frames;
}

/** The frame of a message that is ready: in one piece, where ws writes header and text one after the other. */
export function frameOf(message: string): Buffer {
  const length = Buffer.byteLength(message);
  const frame = Buffer.allocUnsafe(frameSize(length));
  frame.write(message, writeHeader(frame, 0, length));
  return frame;
}

/**
 * The same bytes, to be kept: small buffers are cut from pools of 64 KiB, and one that waits keeps the whole of its pool
 * from being used again.
 */
export function keepable(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength < 2 * bytes.length) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.length);
  own.set(bytes);
  return own;
}

const frameSize = (length: number): number => length + (length < SHORT ? 2 : length < 65_536 ? 4 : 10);

function writeHeader(frames: Buffer, start: number, length: number): number {
  frames[start] = TEXT;
  if (length < SHORT) {
    frames[start + 1] = length;
    return start + 2;
  }
  if (length < 65_536) {
    frames[start + 1] = SHORT;
    return frames.writeUInt16BE(length, start + 2);
  }
  frames[start + 1] = MEDIUM;
  return frames.writeBigUInt64BE(BigInt(length), start + 2);
}
