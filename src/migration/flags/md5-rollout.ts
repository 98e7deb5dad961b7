import { createHash } from 'node:crypto';

/**
 * The legacy system's own division of sessions: the MD5 of the id as a whole number of 128 bits, modulo 100, below
 * the percentage. Whoever moves from there keeps every session on its side.
 */
export function isInMd5Share(sessionId: string, percentage: number): boolean {
  const hash = BigInt(`0x${createHash('md5').update(sessionId).digest('hex')}`);
  return Number(hash % 100n) < percentage;
}
