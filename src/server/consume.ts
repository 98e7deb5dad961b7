import type { Readable } from 'node:stream';
import { refusal } from './errors.ts';

export const tooLarge = (limit: number) =>
  refusal('PAYLOAD_TOO_LARGE', 413, `The request body is larger than ${limit} bytes.`);
export const badRequest = (message: string) => refusal('BAD_REQUEST', 400, message);
const tooSlow = () => refusal('REQUEST_TIMEOUT', 408, 'The request body did not arrive in time.');

/**
 * Hands over a body chunk by chunk, waiting where `take` does. What is behind a limit is not read into memory: the source is left flowing into
 * nothing, because a client reads an early answer only while it can go on sending.
 *
 * @throws {GraphQLError} PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, BAD_REQUEST where the client left in the middle.
 */
export function consume(
  source: Readable,
  { bytes, ms }: { bytes: number; ms: number },
  take: (chunk: Buffer) => Promise<void> | void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let read = 0;
    const stop = (outcome: () => void) => {
      clearTimeout(timer);
      source.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      source.on('error', () => {});
      outcome();
    };
    const fail = (error: Error) =>
      stop(() => {
        source.resume();
        reject(error);
      });
    const onData = (chunk: Buffer) => {
      read += chunk.length;
      if (read > bytes) return fail(tooLarge(bytes));
      const taken = take(chunk);
      if (!taken) return;
      source.pause();
      taken.then(() => source.resume(), fail);
    };
    const onEnd = () => stop(resolve);
    const onCut = () => fail(badRequest('The request body ended too early.'));
    const timer = setTimeout(() => fail(tooSlow()), ms);
    source.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}
