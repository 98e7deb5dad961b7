import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { LegacyHttpChat, type LegacyHttpSettings } from '../../../src/services/chat/index.ts';
import {
  type Behaviour,
  type FakeProvider,
  json,
  raw,
  startProvider,
  streaming,
} from '../../support/provider.ts';
import { heard, patient, request } from './talking.ts';

const chat = (server: FakeProvider, settings: Partial<LegacyHttpSettings> = {}) =>
  new LegacyHttpChat({ url: `${server.url}/chat`, timeoutMs: 20_000, ...settings });

const bytes =
  (contentType: string | null, body: string | Uint8Array): Behaviour =>
  (_, response) => {
    response.writeHead(200, contentType === null ? {} : { 'content-type': contentType });
    response.end(body);
  };

describe('a message to the legacy endpoint', () => {
  it('is one POST with the message, the session, its past and the model', async () => {
    await using server = await startProvider(json(200, { reply: '晴れです。' }));
    const { all } = await heard(chat(server).reply(request, patient()));

    expect(all).toEqual([{ text: '晴れです。' }]);
    expect(server.exchanges).toMatchObject([{ method: 'POST', path: '/v1/chat' }]);
    expect(server.exchanges[0]?.body).toEqual({
      message: '今日の天気はどうですか？',
      session_id: 'session_1',
      history: request.history,
      model: 'model-a',
    });
  });

  it('carries instructions where there are some, under the names that the endpoint uses', async () => {
    await using server = await startProvider(json(200, { data: { parts: [{ text: 'Yes.' }] } }));
    const fields = {
      message: 'prompt',
      session: null,
      history: 'messages',
      model: null,
      instructions: 'system',
      reply: 'data.parts.0.text',
    };
    const asked = { ...request, instructions: 'You are Dana.' };
    const { text } = await heard(chat(server, { fields }).reply(asked, patient()));

    expect(text).toBe('Yes.');
    expect(server.exchanges[0]?.body).toEqual({
      prompt: request.message,
      messages: request.history,
      system: 'You are Dana.',
    });
  });

  it('carries the configured headers', async () => {
    await using server = await startProvider(json(200, { reply: 'Yes.' }));
    await heard(chat(server, { headers: { authorization: 'Bearer abc' } }).reply(request, patient()));
    expect(server.exchanges[0]?.headers).toMatchObject({
      authorization: 'Bearer abc',
      'content-type': 'application/json',
    });
  });

  it('turns a name and a password in the address into basic authorization', async () => {
    await using server = await startProvider(json(200, { reply: 'Yes.' }));
    const url = server.url.replace('http://', 'http://gate:p%40ss@');
    const { text } = await heard(chat(server, { url }).reply(request, patient()));

    expect(text).toBe('Yes.');
    const expected = `Basic ${Buffer.from('gate:p@ss').toString('base64')}`;
    expect(server.exchanges[0]?.headers.authorization).toBe(expected);
  });

  it('takes the newest fifty messages along, and of very long ones fewer', async () => {
    await using server = await startProvider(json(200, { reply: 'Yes.' }));
    const past = (count: number, length: number) =>
      Array.from({ length: count }, (_, index) => ({
        role: 'user' as const,
        content: `${index}`.padEnd(length, '.'),
      }));
    const service = chat(server);
    await heard(service.reply({ ...request, history: past(70, 10) }, patient()));
    await heard(service.reply({ ...request, history: past(10, 60_000) }, patient()));

    const [many, long] = server.exchanges.map(({ body }) => body.history as { content: string }[]);
    expect(many).toHaveLength(50);
    expect(many?.at(-1)?.content).toMatch(/^69\./);
    expect(many?.[0]?.content).toMatch(/^20\./);
    expect(long?.map(({ content }) => content.slice(0, 2))).toEqual(['7.', '8.', '9.']);
  });
});

describe('an answer of the legacy endpoint', () => {
  const shiftJis = Buffer.from([0x93, 0xfa, 0x96, 0x7b]);

  it.each<[string, Behaviour, string]>([
    ['a JSON object', json(200, { reply: 'Hello.' }), 'Hello.'],
    ['a JSON object of a vendor’s type', bytes('application/vnd.x.v1+json', '{"reply":"Hello."}'), 'Hello.'],
    ['a JSON string', json(200, 'Hello.'), 'Hello.'],
    ['plain text', raw('text/plain; charset=utf-8', '日本語です。'), '日本語です。'],
    ['a plain string that is called HTML', raw('text/html', 'a < b'), 'a < b'],
    ['text without a type', bytes(null, 'Hello.'), 'Hello.'],
    ['JSON without a type', bytes(null, '{"reply":"Hello."}'), 'Hello.'],
    ['text in another charset', bytes('text/plain; charset="Shift_JIS"', shiftJis), '日本'],
    ['JSON with escapes', bytes('application/json', '{"reply":"\\u65e5\\u672c"}'), '日本'],
  ])('may be %s', async (_, behaviour, expected) => {
    await using server = await startProvider(behaviour);
    const { text, error } = await heard(chat(server).reply(request, patient()));
    expect(error).toBeUndefined();
    expect(text).toBe(expected);
  });

  it.each<[string, string, string[]]>([
    ['JSON', 'data: {"reply":"Hel"}\n\ndata: {"reply":"lo"}\n\n', ['Hel', 'lo']],
    ['JSON strings', 'data: "Hel"\n\ndata: "lo"\n\ndata: [DONE]\n\n', ['Hel', 'lo']],
    ['text', 'data: Hel\n\ndata: lo 2\n\ndata: 3\n\n', ['Hel', 'lo 2', '3']],
    ['text of several lines', 'data: one\ndata: two\n\n', ['one\ntwo']],
    ['Windows’ line ends', 'data: Hel\r\n\r\ndata: lo\r\n\r\n', ['Hel', 'lo']],
    ['comments and other fields', ': hi\nid: 1\nevent: piece\ndata: Hello\nretry: 5\n\n', ['Hello']],
    [
      'what has no text',
      'data: {"started":true}\n\ndata: {"reply":"Hi"}\n\ndata: {"error":null}\n\n',
      ['Hi'],
    ],
    ['a missing last line end', 'data: Hel\n\ndata: lo', ['Hel', 'lo']],
  ])('may be a stream of events: %s', async (_, body, expected) => {
    await using server = await startProvider(raw('text/event-stream', body));
    const { texts, error } = await heard(chat(server).reply(request, patient()));
    expect(error).toBeUndefined();
    expect(texts).toEqual(expected);
  });

  it('finds the text of an event where it is', async () => {
    const body = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n';
    await using server = await startProvider(raw('text/event-stream', body));
    const service = chat(server, { fields: { piece: 'choices.0.delta.content' } });
    expect((await heard(service.reply(request, patient()))).text).toBe('Hi');
  });

  it.each([
    ['text/event-stream', 'data: Hel\n\n', 'data: lo\n\n'],
    ['text/plain', 'Hel', 'lo'],
  ])('is heard piece by piece while it is written (%s)', async (type, first, second) => {
    const goOn = Promise.withResolvers<void>();
    await using server = await startProvider(async (_, response) => {
      response.writeHead(200, { 'content-type': type });
      response.write(first);
      await goOn.promise;
      response.end(second);
    });
    const pieces = chat(server).reply(request, patient())[Symbol.asyncIterator]();

    expect(await pieces.next()).toEqual({ done: false, value: { text: 'Hel' } });
    goOn.resolve();
    expect(await pieces.next()).toEqual({ done: false, value: { text: 'lo' } });
    expect((await pieces.next()).done).toBe(true);
  });

  it('comes whole however its bytes are cut', async () => {
    const body = Buffer.from('data: 日本\r\ndata: 語です\r\n\r\ndata: "。"\r\n\r\n');
    await using server = await startProvider(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const byte of body) await new Promise((sent) => response.write(Buffer.of(byte), sent));
      response.end();
    });
    const { texts } = await heard(chat(server).reply(request, patient()));
    expect(texts).toEqual(['日本\n語です', '。']);
  });
});

describe('the connections to the legacy endpoint', () => {
  it('are used again, by one message after the other and by many at once', async () => {
    const sockets = new Set<unknown>();
    await using server = await startProvider((exchange, response) => {
      sockets.add(response.socket);
      json(exchange.index % 5 === 4 ? 500 : 200, { reply: 'Yes.' })(exchange, response);
    });
    const service = chat(server);
    for (let message = 0; message < 20; message += 1) await heard(service.reply(request, patient()));
    // A second one is opened where a message follows before the first connection is quite free.
    expect(sockets.size).toBeLessThanOrEqual(2);

    const round = () =>
      Promise.all(Array.from({ length: 50 }, () => heard(service.reply(request, patient()))));
    for (let rounds = 0; rounds < 8; rounds += 1) await round();
    expect(server.exchanges).toHaveLength(420);
    expect(sockets.size).toBeLessThanOrEqual(100);
  });

  it('are used again where an answer ends a little behind its [DONE], and no reply waits for that', async () => {
    const sockets = new Set<unknown>();
    let end = () => {};
    await using server = await startProvider((_, response) => {
      sockets.add(response.socket);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: "Yes."\n\ndata: [DONE]\n\n');
      end = () => void response.end();
    });
    const service = chat(server);
    for (let message = 0; message < 20; message += 1) {
      expect((await heard(service.reply(request, patient()))).text).toBe('Yes.');
      end();
    }
    // Not one for each: a message may follow before the end has arrived.
    expect(sockets.size).toBeLessThan(20);
  });

  it('are closed where an answer does not end behind its [DONE]', async () => {
    const endless: Behaviour = async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: "Yes."\n\ndata: [DONE]\n\n');
      for (let gone = false; !gone; )
        gone = await new Promise<boolean>((sent) =>
          response.write(': still here\n'.repeat(100), (error) => setImmediate(() => sent(Boolean(error)))),
        );
    };
    await using server = await startProvider(streaming(['"Yes."', '[DONE]'], 'open'), endless);
    for (const index of [0, 1]) {
      expect((await heard(chat(server).reply(request, patient()))).text).toBe('Yes.');
      await server.exchanges[index]?.hungUp;
    }
  });

  it('are bounded: whoever comes next waits', async () => {
    const goOn = Promise.withResolvers<void>();
    await using server = await startProvider(async (exchange, response) => {
      await goOn.promise;
      json(200, { reply: `${exchange.index}` })(exchange, response);
    });
    const service = chat(server, { atOnce: 3 });
    const replies = Array.from({ length: 10 }, () => heard(service.reply(request, patient())));
    await expect.poll(() => server.exchanges.length).toBe(3);
    goOn.resolve();

    const texts = (await Promise.all(replies)).map(({ text }) => text);
    expect(new Set(texts).size).toBe(10);
    expect(server.mostAtOnce()).toBe(3);
  });
});
