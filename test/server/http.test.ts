import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { memoryInUse } from '../support/memory.ts';
import { startWorld } from './world.ts';

const code = async (response: Response) => {
  const { errors } = (await response.json()) as {
    errors: { message: string; extensions: { code: string } }[];
  };
  return `${response.status} ${errors[0]?.extensions.code}`;
};

describe('asking over HTTP', () => {
  it('answers JSON that needs no special header', async () => {
    await using world = await startWorld();
    const response = await world.post({
      query: 'query Greet($name: String) { hello(name: $name) }',
      variables: { name: 'Ann' },
    });

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { hello: 'Hello Ann' } });
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('shows GraphiQL to browsers', async () => {
    await using world = await startWorld({ exampleQuery: 'query Example { hello }' });
    const response = await fetch(world.url, { headers: { accept: 'text/html' } });

    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('query Example { hello }');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'x-request-id': expect.any(String),
    });
  });

  it('shows it compressed to those who can read that, and once to those who keep it', async () => {
    await using world = await startWorld();
    const ask = (headers: Record<string, string>) =>
      fetch(world.url, { headers: { accept: 'text/html', ...headers } });
    const forms = [
      await ask({ 'accept-encoding': 'br, gzip' }),
      await ask({ 'accept-encoding': 'gzip;q=0' }),
    ];
    const [compressed, plain] = forms as [Response, Response];
    expect(compressed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await compressed.text()).toBe(await plain.text());

    const again = await ask({ 'accept-encoding': 'gzip', 'if-none-match': compressed.headers.get('etag')! });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await ask({
      'accept-encoding': 'identity',
      'if-none-match': compressed.headers.get('etag')!,
    });
    expect(other.status).toBe(200);
    await other.body?.cancel();
  });

  it('holds it once for all who do not read it, and closes them', async () => {
    await using world = await startWorld({ limits: { stallMs: 2_000 } });
    await (await fetch(world.url, { headers: { accept: 'text/html' } })).arrayBuffer();
    const inUse = async () => {
      const { heapUsed, external } = await memoryInUse();
      return heapUsed + external;
    };
    const before = await inUse();
    const readers = Array.from({ length: 20 }, () => {
      const reader = connect(world.port, '127.0.0.1');
      reader.on('error', () => {});
      reader.write('GET /graphql HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n');
      return reader;
    });
    await Promise.all(readers.map((reader) => once(reader, 'readable')));
    expect((await inUse()) - before).toBeLessThan(20_000_000);

    const cut = () => world.lines.filter((line) => line.cut).length;
    await expect.poll(cut, { timeout: 30_000 }).toBe(20);
    for (const reader of readers) reader.destroy();
  });

  it('is answered in HTTP/1.1 where the client offers another protocol beside', async () => {
    await using world = await startWorld();
    const body = '{"query":"{ hello }"}';
    const answer = await raw(
      world.port,
      [
        'POST /graphql HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAEAAEAAAAIAAAAA',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        `\r\n${body}`,
      ].join('\r\n'),
      /Hello world|405/,
    );
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(answer).toContain('{"data":{"hello":"Hello world"}}');
  });

  it('answers unknown paths with 404', async () => {
    await using world = await startWorld();
    expect(await code(await fetch(`${world.origin}/nowhere`))).toBe('404 NOT_FOUND');
  });

  it('serves paths of others', async () => {
    await using world = await startWorld({
      routes: {
        '/metrics': (_, response) => void response.end('up 1'),
        '/broken': () => Promise.reject(new Error('password=hunter2')),
      },
    });
    expect(await (await fetch(`${world.origin}/metrics`)).text()).toBe('up 1');
    expect(await code(await fetch(`${world.origin}/broken`))).toBe('500 INTERNAL_SERVER_ERROR');
  });

  it('survives a Host header that is no host', async () => {
    await using world = await startWorld();
    const answer = await raw(world.port, 'GET /graphql HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n');
    expect(answer).toContain('400 Bad Request');
    expect(answer).not.toContain('at ');
  });
});

describe('asking with an id', () => {
  it('gets the id back and finds it in the log, with no variable in it', async () => {
    await using world = await startWorld();
    const response = await world.post(
      { query: 'query Greet($name: String) { hello(name: $name) }', variables: { name: 'my-secret' } },
      { 'x-request-id': 'trace-7', authorization: 'Bearer my-token' },
    );

    expect(response.headers.get('x-request-id')).toBe('trace-7');
    await expect.poll(() => world.lines).toHaveLength(1);
    expect(world.lines[0]).toMatchObject({
      requestId: 'trace-7',
      operation: 'Greet',
      status: 200,
      path: '/graphql',
    });
    expect(world.lines[0]!.ms).toBeTypeOf('number');
    expect(JSON.stringify(world.lines)).not.toMatch(/my-secret|my-token/);
  });

  it('gets another where its own could harm a log', async () => {
    await using world = await startWorld();
    const response = await world.post({ query: '{ hello }' }, { 'x-request-id': `${'a'.repeat(200)}` });
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});

describe('a resolver failing', () => {
  it('is masked, and logged once with its cause under the id that the client got', async () => {
    await using world = await startWorld();
    const response = await world.post({ query: 'query Doomed { fails }' });
    const { errors } = (await response.json()) as {
      errors: { message: string; extensions: { id: string } }[];
    };

    expect(errors).toMatchObject([
      { message: 'Unexpected error.', path: ['fails'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    const faults = world.lines.filter((line) => line.level === 50);
    expect(faults).toMatchObject([
      {
        errorId: errors[0]!.extensions.id,
        requestId: response.headers.get('x-request-id'),
        operation: 'Doomed',
        fault: { message: 'password=hunter2', cause: { message: 'connection refused' } },
      },
    ]);
  });

  it('answers 500 where the context could not be built', async () => {
    await using world = await startWorld({
      contextFor: () => {
        throw new Error('password=hunter2');
      },
    });
    const response = await world.post({ query: '{ hello }' });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
  });

  it('lets through what was meant for the client', async () => {
    await using world = await startWorld();
    expect(await (await world.post({ query: '{ refused }' })).json()).toMatchObject({
      errors: [{ message: 'Not on Sundays.', extensions: { code: 'SUNDAY' } }],
    });
  });
});

describe('asking wrongly', () => {
  it.each([
    ['a syntax error', { query: '{ hello' }, '400 GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ nope }' }, '400 GRAPHQL_VALIDATION_FAILED'],
    [
      'a literal that the scalar refuses',
      { query: '{ small(value: "abcd") }' },
      '400 GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a variable of the wrong type',
      { query: 'query($n: Int!) { items(first: $n) { id } }', variables: { n: 'x' } },
      '400 BAD_USER_INPUT',
    ],
    [
      'a variable that the scalar refuses',
      { query: 'query($v: Small) { small(value: $v) }', variables: { v: 'abcd' } },
      '400 BAD_USER_INPUT',
    ],
    [
      'an unknown operation',
      { query: 'query A { hello }', operationName: 'B' },
      '400 OPERATION_RESOLUTION_FAILURE',
    ],
    ['a batch', [{ query: '{ hello }' }], '400 BAD_REQUEST'],
    ['invalid JSON', '{"query', '400 BAD_REQUEST'],
    ['no query', {}, '400 BAD_REQUEST'],
    ['a subscription without a stream', { query: 'subscription { never }' }, '406 NOT_ACCEPTABLE'],
  ])('is told of %s, and nothing is logged as our fault', async (_, body, answer) => {
    await using world = await startWorld();
    expect(await code(await world.post(body))).toBe(answer);
    expect(world.lines.filter((line) => Number(line.level) >= 50)).toEqual([]);
  });

  it('is told of variables in the URL that are no JSON', async () => {
    await using world = await startWorld();
    const ask = (variables: string) =>
      fetch(`${world.url}?query=query($name:String){hello(name:$name)}&variables=${variables}`, {
        headers: { 'x-graphql-yoga-csrf': '1' },
      });
    expect(await code(await ask('{'))).toBe('400 BAD_REQUEST');
    expect(await (await ask('{"name":"Ann"}')).json()).toEqual({ data: { hello: 'Hello Ann' } });
  });

  it('may nest variables as deep as it likes', async () => {
    await using world = await startWorld();
    const deep = `${'['.repeat(400_000)}${']'.repeat(400_000)}`;
    const body = `{"query":"query($v: Small) { small(value: $v) }","variables":{"v":${deep}}}`;
    expect(await code(await world.post(body))).toBe('400 BAD_USER_INPUT');
  });

  it('is told which content types are read', async () => {
    await using world = await startWorld();
    const response = await world.post('{ hello }', { 'content-type': 'application/graphql' });
    expect(await code(response)).toBe('415 UNSUPPORTED_MEDIA_TYPE');
  });
});

describe('asking too much', () => {
  const nested = (levels: number) => `{ item ${'{ parent '.repeat(levels)} { id } ${'}'.repeat(levels)} }`;
  const bombs = (n: number) =>
    `{ ...f0 } ${Array.from({ length: n }, (_, i) => `fragment f${i} on Query { ...f${i + 1} ...f${i + 1} }`).join(' ')} fragment f${n} on Query { a: hello }`;

  it.each([
    ['200 levels', nested(200)],
    ['5,000 aliases', `{ ${Array.from({ length: 5_000 }, (_, i) => `a${i}: hello`).join(' ')} }`],
    ['100 aliases', `{ ${Array.from({ length: 100 }, (_, i) => `a${i}: hello`).join(' ')} }`],
    ['aliases multiplied by fragments', bombs(20)],
    ['200 directives', `{ hello ${'@include(if: true) '.repeat(200)} }`],
    ['a long text', `{ hello(name: "${'x'.repeat(100_000)}") }`],
    ['pages of pages', '{ items(first: 1000) { children(first: 1000) { id } } }'],
    ['pages of default size', '{ items { children { children { children { children { id } } } } } }'],
    ['pages by a default variable', 'query($n: Int = 1000000) { items(first: $n) { id } }'],
  ])('refuses %s with a code, quickly', async (_, query) => {
    await using world = await startWorld();
    const started = performance.now();
    expect(await code(await world.post({ query }))).toMatch(/^400 (QUERY_TOO_LARGE|GRAPHQL_PARSE_FAILED)$/);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect((await world.post({ query: '{ hello }' })).status).toBe(200);
  });

  it('judges a page size in a variable anew each time', async () => {
    await using world = await startWorld();
    const ask = async (n: number) =>
      (await world.post({ query: 'query($n: Int!) { items(first: $n) { id } }', variables: { n } })).status;
    expect([await ask(10), await ask(100_000), await ask(10)]).toEqual([200, 400, 200]);
  });

  it('lets introspection through, and deep but sensible queries', async () => {
    await using world = await startWorld();
    expect((await world.post({ query: getIntrospectionQuery() })).status).toBe(200);
    expect((await world.post({ query: nested(9) })).status).toBe(200);
  });

  it('refuses a body of 10 MB, announced or not, without keeping it', async () => {
    await using world = await startWorld();
    const body = JSON.stringify({ query: `{ ${'hello '.repeat(1_700_000)} }` });
    expect(await code(await world.post(body))).toBe('413 PAYLOAD_TOO_LARGE');

    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        if (sent > 20_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const chunked = await world.post('', {}, { body: endless, duplex: 'half' } as RequestInit);
    expect(await code(chunked)).toBe('413 PAYLOAD_TOO_LARGE');
    expect((await world.post({ query: '{ hello }' })).status).toBe(200);
  });

  it('does not wait for a body that never comes', async () => {
    await using world = await startWorld({ limits: { bodyMs: 100 } });
    const answer = await raw(
      world.port,
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"que',
      /REQUEST_TIMEOUT/,
    );
    expect(answer).toContain('408 Request Timeout');
  });

  it('does not wait for headers that never end', async () => {
    await using world = await startWorld({ limits: { headersMs: 100 } });
    expect(await raw(world.port, 'POST /graphql HTTP/1.1\r\nHost: localhost\r\nX-A: ')).toContain('408');
  });
});

describe('a foreign page in the browser', () => {
  it('cannot send simple requests', async () => {
    await using world = await startWorld();
    const form = new FormData();
    form.set('operations', '{"query":"{ hello }"}');
    form.set('map', '{}');

    expect(await code(await fetch(world.url, { method: 'POST', body: form }))).toBe('403 FORBIDDEN');
    expect(await code(await world.post('{"query":"{ hello }"}', { 'content-type': 'text/plain' }))).toBe(
      '403 FORBIDDEN',
    );
    const refused = await fetch(`${world.url}?query={hello}`);
    expect(await refused.clone().text()).toContain('x-graphql-yoga-csrf');
    expect(await code(refused)).toBe('403 FORBIDDEN');
    for (const header of ['x-graphql-yoga-csrf', 'apollo-require-preflight']) {
      expect((await fetch(`${world.url}?query={hello}`, { headers: { [header]: '1' } })).status).toBe(200);
    }
  });

  it('cannot reach a local gateway through a name that leads there', async () => {
    const ask = (port: number) =>
      raw(port, 'GET /health HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n');
    await using world = await startWorld();
    expect(await ask(world.port)).toContain('421 Misdirected Request');
    await using named = await startWorld({ allowedHosts: ['evil.example.com'] });
    expect(await ask(named.port)).toContain('200 OK');
  });

  it('reaches by another name only what watches over the gateway, where that is not local', async () => {
    const ask = (port: number, path: string) =>
      raw(port, `GET ${path} HTTP/1.1\r\nHost: 10.1.2.3:4000\r\nConnection: close\r\n\r\n`);
    const routes = {
      '/metrics': (_: unknown, response: ServerResponse) => void response.end('up 1'),
      '/hooks': (_: unknown, response: ServerResponse) => void response.end('taken'),
    };
    await using open = await startWorld({ routes, host: '0.0.0.0', allowedHosts: ['gateway.example.com'] });
    for (const path of ['/metrics', '/health', '/health/live'])
      expect(await ask(open.port, path)).toContain('200 OK');
    for (const path of ['/hooks', '/graphql', '/graphql?query={hello}', '/elsewhere'])
      expect(await ask(open.port, path)).toContain('421 Misdirected Request');
    await using local = await startWorld({ routes });
    for (const path of ['/metrics', '/health', '/health/live'])
      expect(await ask(local.port, path)).toContain('421 Misdirected Request');
  });

  it('cannot make a name ours by what it asks for', async () => {
    await using world = await startWorld();
    const upgrade = (path: string, host: string) =>
      raw(
        world.port,
        [
          `GET ${path} HTTP/1.1`,
          `Host: ${host}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Protocol: graphql-transport-ws',
          '\r\n',
        ].join('\r\n'),
        /HTTP\/1\.1 \d{3}/,
      );
    expect(await upgrade('/graphql', 'evil.example.com')).toContain('421 Misdirected Request');
    // The URL in place of the path counts, whatever the header says, and the header is not believed afterwards.
    expect(await upgrade('http://evil.example.com/graphql', 'localhost')).toContain('421');
    expect(await upgrade('http://localhost/graphql', 'evil.example.com')).toContain('101 Switching');
    expect(await upgrade('/graphql', 'evil.example.com')).toContain('421 Misdirected Request');
    expect(await upgrade('/graphql', 'localhost')).toContain('101 Switching');
    expect(await upgrade('http://evil.example.com/graphql', 'localhost')).toContain('421');
    expect(await upgrade('/elsewhere', 'localhost')).toContain('404 Not Found');
  });

  it('is let in only where its origin is allowed', async () => {
    await using world = await startWorld({
      allowedOrigins: ['https://app.example.com', 'https://b.example.com'],
    });
    const preflight = async (origin: string) =>
      (
        await fetch(world.url, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        })
      ).headers.get('access-control-allow-origin');

    expect(await preflight('https://app.example.com')).toBe('https://app.example.com');
    expect(await preflight('https://evil.example.com')).toBeNull();
    expect(await preflight('null')).toBeNull();
  });
});

describe('asking whether the gateway is healthy', () => {
  it('hears yes, with the checks', async () => {
    await using world = await startWorld();
    const response = await fetch(`${world.origin}/health`);
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ok', checks: { store: { ok: true } } },
    ]);
  });

  it('hears no, with reasons', async () => {
    const checks = { store: { ok: false, message: 'locked' } };
    await using world = await startWorld({ health: async () => ({ ready: false, checks }) });
    const response = await fetch(`${world.origin}/health`);
    expect([response.status, await response.json()]).toEqual([503, { status: 'unavailable', checks }]);
    expect((await fetch(`${world.origin}/health/live`)).status).toBe(200);
  });

  it('hears no where the check fails or does not end', async () => {
    await using failing = await startWorld({ health: () => Promise.reject(new Error('no store')) });
    await using hanging = await startWorld({ health: () => new Promise(() => {}), limits: { healthMs: 50 } });
    for (const world of [failing, hanging]) expect((await fetch(`${world.origin}/health`)).status).toBe(503);
  });
});

/** Sends bytes as they are and reads what comes, until the end or `until`. */
function raw(port: number, text: string, until?: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk;
      if (until?.test(answer)) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
  });
}
