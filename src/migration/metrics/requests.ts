import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Node tells here of every answer of every HTTP server in the process. */
const ANSWERED = 'http.server.response.finish';

/** Other paths are `other`: clients invent them, and metrics may not grow with them. */
const ENDPOINTS = ['/graphql', '/health', '/health/live', '/metrics', '/webhooks/openai'];
const METHODS = ['GET', 'POST', 'OPTIONS', 'HEAD'];

interface Answered {
  request: IncomingMessage;
  response: ServerResponse;
  server: Server;
}

/**
 * Hears of each answer of the HTTP server on a port of this process. A subscription counts when it ends.
 *
 * @returns Stops it.
 */
export function watchRequests(
  port: number,
  onAnswer: (endpoint: string, method: string, status: 'success' | 'error') => void,
): () => void {
  /** To ask for an address is to ask the system. */
  const known = new WeakMap<Server, boolean>();
  const isOurs = (server: Server): boolean => {
    const address = server.address();
    const ours = typeof address === 'object' && address?.port === port;
    // One that closes has no address any more, and still answers.
    if (address) known.set(server, ours);
    return ours;
  };
  const hear = (message: unknown) => {
    const { request, response, server } = message as Answered;
    if (!(known.get(server) ?? isOurs(server))) return;
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    onAnswer(
      ENDPOINTS.includes(path) ? path : 'other',
      METHODS.includes(request.method ?? '') ? (request.method ?? '') : 'other',
      response.statusCode < 400 ? 'success' : 'error',
    );
  };
  subscribe(ANSWERED, hear);
  return () => unsubscribe(ANSWERED, hear);
}
