import { describe, expect, it } from 'vitest';
import { createHandler } from '../../src/server/index.ts';
import { events, needsFor, Traces } from './world.ts';

function handler() {
  const traces = new Traces();
  const lines: Record<string, unknown>[] = [];
  const made = createHandler(needsFor(traces, lines));
  const ask = (query: string, headers: Record<string, string> = {}, signal?: AbortSignal) =>
    made.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
      ...(signal && { signal }),
    });
  return { ...made, traces, lines, ask };
}

describe('asking in-process, without sockets', () => {
  it('takes the same path: answers, ids, masks, limits', async () => {
    const { ask, lines } = handler();
    const response = await ask('{ hello }', { 'x-request-id': 'trace-7' });
    expect(await response.json()).toEqual({ data: { hello: 'Hello world' } });
    expect(response.headers.get('x-request-id')).toBe('trace-7');

    expect(await (await ask('{ fail }')).text()).not.toContain('hunter2');
    expect(lines).toMatchObject([{ fault: { message: 'password=hunter2' } }]);
    expect(await (await ask(`{ ${'hello '.repeat(3_000)} }`)).text()).toContain('tokens');
    expect((await ask(`{ hello(name: "${'x'.repeat(2_000_000)}") }`)).status).toBe(413);
  });

  it('reads uploads', async () => {
    const { fetch } = handler();
    const body = new FormData();
    const query = 'mutation($file: File!) { upload(input: { file: $file }) { name head } }';
    body.set('operations', JSON.stringify({ query, variables: { file: null } }));
    body.set('map', '{"0":["variables.file"]}');
    body.set('0', new File(['a,b'], 'a.csv'));
    const response = await fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'x-graphql-yoga-csrf': '1' },
      body,
    });
    expect(await response.json()).toEqual({ data: { upload: { name: 'a.csv', head: 'a,b' } } });
  });

  it('frees a followed source when its reader leaves', async () => {
    const { ask, traces, presence } = handler();
    const response = await ask('subscription { never }', { accept: 'text/event-stream' });
    for await (const { data } of events(response as unknown as Response)) {
      expect(data).toEqual({ data: { never: 0 } });
      break;
    }
    await expect.poll(() => traces.released).toBe(1);
    expect(presence.subscribers).toBe(0);
  });
});
