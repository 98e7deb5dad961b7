import { createHash, timingSafeEqual } from 'node:crypto';
import type { Viewer } from './call.ts';
import { refusal } from './errors.ts';

export interface HeaderReader {
  get(name: string): string | null;
}

/** A caller who was let in. */
export interface Admission extends Viewer {
  /** When that ends. A WebSocket is closed then, with all that is followed on it. */
  expiresAt?: Date;
}

/** @throws {GraphQLError} UNAUTHENTICATED */
export type Authenticate = (headers: HeaderReader, connectionParams?: Record<string, unknown>) => Admission;

/**
 * With no tokens every caller is the owner `local`; otherwise `Authorization: Bearer <token>` is required, as a
 * header or, over WebSocket, among the connection parameters.
 *
 * @param tokens Token to owner.
 */
export function authenticateWith(tokens: ReadonlyMap<string, string>): Authenticate {
  const owners = [...tokens].map(([token, owner]) => ({ digest: sha256(token), owner }));
  if (owners.length === 0) return () => ({ owner: 'local' });

  return (headers, connectionParams) => {
    const token = bearer(headers.get('authorization')) ?? bearer(authorizationAmong(connectionParams));
    if (token === undefined) throw unauthenticated('A Bearer token is required.');

    const digest = sha256(token);
    // Every token is compared, and equal lengths in constant time: the answer's time tells nothing of a token.
    const matching = owners.filter((candidate) => timingSafeEqual(candidate.digest, digest));
    if (!matching[0]) throw unauthenticated('The Bearer token is not known.');
    return { owner: matching[0].owner };
  };
}

export const unauthenticated = (message: string) =>
  refusal('UNAUTHENTICATED', 401, message, { 'www-authenticate': 'Bearer' });

const sha256 = (text: string) => createHash('sha256').update(text).digest();

const bearer = (value: unknown) =>
  typeof value === 'string' ? /^Bearer +([^\s]+)$/i.exec(value.trim())?.[1] : undefined;

function authorizationAmong(params: Record<string, unknown> = {}): unknown {
  const key = Object.keys(params).find((name) => name.toLowerCase() === 'authorization');
  return key === undefined ? undefined : params[key];
}
