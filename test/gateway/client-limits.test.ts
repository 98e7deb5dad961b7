import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { readConfig } from '../../src/config/index.ts';
import { startGateway } from '../support/gateway.ts';

/** Opens a WebSocket that says who it is. @returns What it was answered, or the code with which it was refused. */
async function connect(url: string, token = '') {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', {
    headers: { authorization: `Bearer ${token}` },
  });
  const messages: { type: string; id?: string }[] = [];
  const outcome = await new Promise<string | number>((resolve) => {
    socket.on('error', () => {});
    socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.once('unexpected-response', (_, { statusCode = 0 }) => resolve(statusCode));
    socket.once('close', resolve);
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)));
      resolve(messages[0]!.type);
    });
  });
  return { socket, messages, outcome };
}

describe('limits that are settings', () => {
  it('bound the connections of an owner, and of the process', async () => {
    await using gateway = await startGateway({
      listens: true,
      environment: {
        AUTH_TOKENS: 'ada=0123456789abcdef',
        MAX_CONNECTIONS: '3',
        MAX_CONNECTIONS_PER_OWNER: '2',
      },
    });
    const open = async () => (await connect(gateway.url, '0123456789abcdef')).outcome;
    expect(await open()).toBe('connection_ack');
    expect(await open()).toBe('connection_ack');
    expect(await open()).toBe(4429);
    // The places that are not the owner's are still the process': one that has said nothing yet holds the last.
    const silent = new WebSocket(gateway.url.replace('http', 'ws'), 'graphql-transport-ws');
    await once(silent, 'open');
    expect(await open()).toBe(503);
    silent.terminate();
  });

  it('bound the operations of a connection', async () => {
    await using gateway = await startGateway({
      listens: true,
      environment: { MAX_SUBSCRIPTIONS_PER_CONNECTION: '1' },
    });
    const { socket, messages } = await connect(gateway.url);
    const payload = { query: 'subscription { featureChanges { name } }' };
    for (const id of ['first', 'second']) socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    await expect
      .poll(() => messages.find(({ type }) => type === 'error'))
      .toMatchObject({
        id: 'second',
        payload: [{ extensions: { code: 'TOO_MANY_SUBSCRIPTIONS' } }],
      });
    socket.terminate();
  });

  it.each([
    'MAX_CONNECTIONS',
    'MAX_CONNECTIONS_PER_OWNER',
    'MAX_SUBSCRIPTIONS_PER_CONNECTION',
    'CLIENT_STALL_SECONDS',
    'CLIENT_IDLE_SECONDS',
  ])('%s wants a whole number from 1 on', (name) => {
    for (const value of ['0', '-1', '1.5', '10000000', 'many'])
      expect(() => readConfig({ [name]: value })).toThrow(`${name}=${value}: must be an integer from 1 to`);
    expect(readConfig({ [name]: '7' })).toMatchObject({ [name]: 7 });
  });

  it('ALLOWED_HOSTS wants names as a Host header has them', () => {
    for (const value of [
      'gateway.example.com:4000',
      'https://gateway.example.com',
      'a.com/b',
      '*.a.com',
      'a.com,',
      'a b',
    ])
      expect(() => readConfig({ ALLOWED_HOSTS: value })).toThrow(
        `ALLOWED_HOSTS=${value}: must be names like`,
      );
    expect(readConfig({ ALLOWED_HOSTS: 'Gateway.Example.com, [::1],bücher.example' }).ALLOWED_HOSTS).toEqual([
      'gateway.example.com',
      '[::1]',
      'xn--bcher-kva.example',
    ]);
  });
});
