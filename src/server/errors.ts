import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import type { Call } from './call.ts';

/** A failure that clients may read in full, with a code to act on; undefined for all others. */
export type Expose = (error: Error) => { code: string } | undefined;

/** An error of the caller's making: it reaches the client as it is. */
export const refusal = (code: string, status: number, message: string, headers?: Record<string, string>) =>
  new GraphQLError(message, { extensions: { code, http: { status, ...(headers && { headers }) } } });

/** Codes under which graphql itself answers for a client's input, before anything of ours ran. */
const inputCodes = new Set<unknown>(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/** What clients see of errors: refusals as they are; of our own faults an id, under which the log has the cause. */
export class PublicErrors {
  readonly #expose: Expose;
  /** One fault can fail many fields: it is logged once, under one id. */
  readonly #logged = new WeakMap<object, string>();

  constructor(expose: Expose = () => undefined) {
    this.#expose = expose;
  }

  of(error: unknown, call: Call): GraphQLError {
    const located = error instanceof GraphQLError ? error : undefined;
    const cause = located ? rootCause(located) : error;
    if (located && (isAboutInput(located) || cause === undefined)) return withCode(located);

    const exposed = cause instanceof Error && this.#expose(cause);
    if (exposed) return relocated(located, (cause as Error).message, { code: exposed.code });
    return relocated(located, 'Unexpected error.', {
      code: 'INTERNAL_SERVER_ERROR',
      id: this.#log(cause, call, located),
    });
  }

  #log(cause: unknown, call: Call, located: GraphQLError | undefined): string {
    const key = typeof cause === 'object' && cause !== null ? cause : {};
    const known = this.#logged.get(key);
    if (known) return known;

    const errorId = randomUUID();
    this.#logged.set(key, errorId);
    if (call.left && cause instanceof Error && cause.name === 'AbortError') return errorId;
    call.log.error(
      { errorId, operation: call.operation, path: located?.path?.join('.'), fault: described(cause) },
      'unexpected error',
    );
    return errorId;
  }
}

/** What may be printed: `http` inside the extensions is between us and Yoga. */
export function formatted(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  const { http: _, ...shown } = extensions ?? {};
  return Object.keys(shown).length ? { ...rest, extensions: shown } : rest;
}

/** The first error that is no GraphQLError; undefined where a GraphQLError was thrown on purpose. */
function rootCause(error: GraphQLError): unknown {
  const cause = error.originalError ?? error.cause;
  return cause instanceof GraphQLError ? rootCause(cause) : cause;
}

/**
 * A scalar that refuses a value throws inside graphql, which keeps that as the cause; no field ran, so there is no path.
 * For variables the executor leaves the code out.
 */
function isAboutInput(error: GraphQLError): boolean {
  if (error.path !== undefined) return false;
  if (error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION) {
    error.extensions.code ??= 'BAD_USER_INPUT';
    error.extensions.http ??= { status: 400 };
  }
  return inputCodes.has(error.extensions.code);
}

function withCode(error: GraphQLError): GraphQLError {
  const http = error.extensions.http as { status?: number } | undefined;
  if (!error.extensions.code && http?.status) {
    error.extensions.code = http.status === 403 ? 'FORBIDDEN' : 'BAD_REQUEST';
  }
  return error;
}

/** A new error at the old place. Without `originalError`, so that nothing of it can reach the client. */
const relocated = (
  located: GraphQLError | undefined,
  message: string,
  extensions: Record<string, unknown>,
): GraphQLError =>
  new GraphQLError(message, { nodes: located?.nodes ?? null, path: located?.path ?? null, extensions });

/** Errors of vendors carry requests, tokens and rows: the log gets what helps, by name. */
function described(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    type: error.name,
    message: error.message,
    ...('code' in error && { code: String(error.code) }),
    stack: error.stack,
    ...(error.cause !== undefined && depth < 5 && { cause: described(error.cause, depth + 1) }),
  };
}
