import type { Start } from '../jobs/index.ts';

/** What a mutation that starts a job takes besides its input. */
export interface Idempotent {
  /** The same key with the same input gives the same job. */
  idempotencyKey?: string | null | undefined;
}

/**
 * The part of a start that makes a repeated mutation give the job that it gave before.
 *
 * @param request What the client sent, as it is compared: what the gateway chose itself must not be in it.
 */
export const keyed = (
  mutation: string,
  key: Idempotent['idempotencyKey'],
  request: object,
): Pick<Start, 'idempotency'> => (key == null ? {} : { idempotency: { mutation, key, request } });
