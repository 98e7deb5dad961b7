import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

/**
 * Answers Prometheus.
 *
 * @param isKnown Whether the caller may read them; asked of the request's headers.
 */
export function metricsRoute(metrics: Metrics, isKnown: (headers: Headers) => boolean) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
    const { authorization } = request.headers;
    if (!isKnown(new Headers(authorization === undefined ? {} : { authorization })))
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    const { contentType, body } = await metrics.text();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}
