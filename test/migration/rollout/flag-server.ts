import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Speaks both sides of Unleash, as far as one flag needs it. While it is away it takes no changes. */
export async function startFlagServer() {
  const state = { away: true, on: false, strategies: [] as object[] };
  const flag = () => ({ name: 'use_new_chat', enabled: state.on, strategies: state.strategies });
  const answer = (method: string | undefined, url: string, body: string): object => {
    if (url.startsWith('/api/client/features')) return { version: 2, features: [flag()] };
    if (method === 'GET') return { name: 'use_new_chat', environments: [{ ...flag(), name: 'development' }] };
    if (url.endsWith('/on') || url.endsWith('/off')) state.on = url.endsWith('/on');
    else if (url.includes('/strategies')) state.strategies = [{ id: 'one', ...JSON.parse(body) }];
    return {};
  };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request.setEncoding('utf8')) body += piece;
    const { method, url = '' } = request;
    const refuses = state.away && url.startsWith('/api/admin');
    response.writeHead(refuses ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(refuses ? { message: 'restarting' } : answer(method, url, body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
