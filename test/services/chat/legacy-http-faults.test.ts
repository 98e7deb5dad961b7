import { describe, expect, it } from 'vitest';
import { ChatServiceError, LegacyHttpChat } from '../../../src/services/chat/index.ts';
import {
  after,
  type Behaviour,
  type FakeProvider,
  failing,
  json,
  raw,
  resetting,
  silence,
  startProvider,
  streaming,
  trickling,
} from '../../support/provider.ts';
import { WaitingTime } from '../models/models.ts';
import { heard, patient, request } from './talking.ts';

const chat = (server: FakeProvider, timeoutMs = 20_000, atOnce = 100) =>
  new LegacyHttpChat({ url: server.url, timeoutMs, atOnce });

/** Promises more bytes than it sends. */
const cutShort =
  (contentType: string, body: string): Behaviour =>
  (_, response) => {
    response.writeHead(200, { 'content-type': contentType, 'content-length': body.length + 10 });
    response.write(body, () => response.socket?.destroy());
  };

const empty: Behaviour = (_, response) => {
  response.writeHead(204).end();
};

const noText: Behaviour = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).end(Buffer.of(0xff, 0xfe, 0xfd));
};

/** Sends pieces of text for as long as somebody listens. */
const endless =
  (contentType: string, piece: string): Behaviour =>
  async (_, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (let gone = false; !gone; )
      gone = await new Promise<boolean>((sent) =>
        response.write(piece, (error) => setImmediate(() => sent(Boolean(error)))),
      );
  };

describe('a legacy endpoint that fails', () => {
  it.each<[string, Behaviour, object]>([
    ['429', failing(429, { 'retry-after': '7' }), { code: 'CHAT_RATE_LIMITED', retryAfterSeconds: 7 }],
    ['500', failing(500), { code: 'CHAT_UNAVAILABLE', retryable: true, status: 500 }],
    ['503', failing(503, { 'retry-after': '3' }), { code: 'CHAT_UNAVAILABLE', retryAfterSeconds: 3 }],
    ['501', failing(501), { code: 'CHAT_REFUSED', retryable: false, status: 501 }],
    ['408', failing(408), { code: 'CHAT_TIMEOUT', retryable: true, status: 408 }],
    ['401', failing(401), { code: 'CHAT_REFUSED', retryable: false, status: 401 }],
    ['400', failing(400), { code: 'CHAT_REFUSED', retryable: false, status: 400 }],
    ['302', failing(302, { location: '/login' }), { code: 'CHAT_REFUSED', status: 302 }],
    ['204', empty, { code: 'CHAT_ANSWER', retryable: false }],
    ['a reset connection', resetting, { code: 'CHAT_UNAVAILABLE', retryable: true }],
    ['an answer cut in JSON', cutShort('application/json', '{"reply":"Hel'), { code: 'CHAT_CUT' }],
    ['an answer cut in text', cutShort('text/plain', 'Hel'), { code: 'CHAT_CUT', retryable: true }],
    ['a stream that is torn off', streaming([{ reply: 'Hel' }], 'cut'), { code: 'CHAT_CUT' }],
    ['malformed JSON', raw('application/json', '{"reply":'), { code: 'CHAT_ANSWER', retryable: false }],
    ['malformed events', raw('text/event-stream', 'data: {"reply":\n\n'), { code: 'CHAT_ANSWER' }],
    [
      'an event of failure',
      raw('text/event-stream', 'event: error\ndata: no\n\n'),
      { code: 'CHAT_UNAVAILABLE' },
    ],
    ['an error in an event', streaming([{ error: 'no' }]), { code: 'CHAT_UNAVAILABLE' }],
    ['an error in the answer', json(200, { error: 'no' }), { code: 'CHAT_UNAVAILABLE' }],
    ['a reply that is no text', json(200, { reply: 42 }), { code: 'CHAT_ANSWER' }],
    ['a list', json(200, ['reply']), { code: 'CHAT_ANSWER' }],
    ['an empty reply', json(200, { reply: ' \n' }), { code: 'CHAT_ANSWER' }],
    ['a stream without text', streaming([{ done: true }]), { code: 'CHAT_ANSWER' }],
    ['a web page', raw('text/html', '\n<!DOCTYPE html><p>Sign in</p>'), { code: 'CHAT_ANSWER' }],
    ['a picture', raw('image/png', 'PNG'), { code: 'CHAT_ANSWER' }],
    ['an unknown charset', raw('text/plain; charset=klingon', 'nuqneH'), { code: 'CHAT_ANSWER' }],
    ['a wrong charset', noText, { code: 'CHAT_ANSWER' }],
    [
      'a huge JSON answer',
      raw('application/json', JSON.stringify({ reply: 'x'.repeat(2 ** 20) })),
      { code: 'CHAT_TOO_LARGE', retryable: false },
    ],
    ['endless text', endless('text/plain', 'x'.repeat(10_000)), { code: 'CHAT_TOO_LARGE' }],
    ['an endless event', endless('text/event-stream', 'x'.repeat(10_000)), { code: 'CHAT_TOO_LARGE' }],
    [
      'endless events',
      endless('text/event-stream', `data: ${'x'.repeat(1_000)}\n\n`.repeat(10)),
      { code: 'CHAT_TOO_LARGE' },
    ],
  ])('is told apart: %s', async (_, behaviour, expected) => {
    await using server = await startProvider(behaviour);
    const { error } = await heard(chat(server).reply(request, patient()));

    expect(error).toBeInstanceOf(ChatServiceError);
    expect(error).toMatchObject({ service: 'legacy chat', ...expected });
    expect(server.exchanges).toHaveLength(1);
  });

  it('is told apart: nobody listens', async () => {
    const server = await startProvider(silence);
    await server[Symbol.asyncDispose]();
    const { error } = await heard(chat(server).reply(request, patient()));
    expect(error).toMatchObject({ code: 'CHAT_UNAVAILABLE', retryable: true, status: undefined });
  });

  it('shows what the page of an error said to the log, and to nobody else', async () => {
    await using server = await startProvider(failing(500, {}, { message: 'secret of table users' }));
    const { error } = await heard(chat(server).reply(request, patient()));

    expect(String(error)).toBe('ChatServiceError: The legacy chat failed (500).');
    expect(String((error as Error).cause)).toContain('secret of table users');
  });

  it('is not read for ever about its error', async () => {
    await using server = await startProvider((_, response) => {
      response.writeHead(503, { 'content-type': 'text/plain' });
      response.write('Please wait');
    });
    const { error } = await heard(chat(server).reply(request, patient()));
    expect(error).toMatchObject({ code: 'CHAT_UNAVAILABLE', status: 503 });
    await server.exchanges[0]?.hungUp;
  });

  it('names the fields that came, where the configured one is missing', async () => {
    await using server = await startProvider(json(200, { response: 'Hello', model: 'x' }));
    const { error } = await heard(chat(server).reply(request, patient()));
    expect(String(error)).toContain('has no text at reply; its answer has response, model');
  });

  it('hands on what came before it broke off', async () => {
    await using server = await startProvider(streaming([{ reply: 'Hel' }, { reply: 'lo' }], 'cut'));
    const { text, error } = await heard(chat(server).reply(request, patient()));
    expect(text).toBe('Hello');
    expect(error).toMatchObject({ code: 'CHAT_CUT' });
  });
});

describe('an answer that only the end of its connection ends', () => {
  const undelimited =
    (contentType: string | null, body: string): Behaviour =>
    (_, response) => {
      const type = contentType === null ? '' : `Content-Type: ${contentType}\r\n`;
      response.socket?.end(`HTTP/1.0 200 OK\r\n${type}\r\n${body}`);
    };

  it.each<[string, Behaviour, string]>([
    ['events', undelimited('text/event-stream', 'data: "You "\n\ndata: "never"\n\n'), 'You never'],
    ['text', undelimited('text/plain', 'You never'), 'You never'],
    ['what is called HTML', undelimited('text/html', 'You never'), 'You never'],
    ['text without a type', undelimited(null, 'You never'), 'You never'],
    ['half of a JSON document', undelimited('application/json', '{"reply":"You'), ''],
    ['nothing', undelimited('text/plain', ''), ''],
  ])('may have been cut: %s', async (_, behaviour, expected) => {
    await using server = await startProvider(behaviour);
    const { text, error } = await heard(chat(server).reply(request, patient()));
    expect(text).toBe(expected);
    expect(error).toMatchObject({ code: 'CHAT_CUT', retryable: true });
  });

  it.each<[string, Behaviour]>([
    [
      'events up to [DONE]',
      undelimited('text/event-stream', 'data: "You "\n\ndata: "do"\n\ndata: [DONE]\n\n'),
    ],
    ['a JSON document', undelimited('application/json', '{"reply":"You do"}')],
    ['a JSON document without a type', undelimited(null, '{"reply":"You do"}')],
  ])('is whole where it says so itself: %s', async (_, behaviour) => {
    await using server = await startProvider(behaviour);
    const { text, error } = await heard(chat(server).reply(request, patient()));
    expect(error).toBeUndefined();
    expect(text).toBe('You do');
  });
});

describe('a legacy endpoint that takes too long', () => {
  it.each<[string, Behaviour]>([
    ['never answers', silence],
    ['falls silent in the middle', streaming([{ reply: 'Hel' }], 'open')],
    ['answers byte by byte', trickling('application/json', JSON.stringify({ reply: 'x'.repeat(5_000) }), 5)],
  ])('and %s is given up at the deadline', async (_, behaviour) => {
    await using server = await startProvider(behaviour);
    const { error } = await heard(chat(server, 300).reply(request, patient()));
    expect(error).toMatchObject({ code: 'CHAT_TIMEOUT', retryable: true });
    await server.exchanges[0]?.hungUp;
  });

  it('is given up by those too who wait for a place', async () => {
    await using server = await startProvider(silence);
    const service = chat(server, 300, 1);
    const both = await Promise.all([
      heard(service.reply(request, patient())),
      heard(service.reply(request, patient())),
    ]);
    for (const { error } of both) expect(error).toMatchObject({ code: 'CHAT_TIMEOUT' });
    expect(server.exchanges).toHaveLength(1);
  });
});

describe('a legacy endpoint whose places are taken', () => {
  it('has its whole time when a place is free, and the wait is told apart', async () => {
    const held = Promise.withResolvers<void>();
    await using server = await startProvider(async (exchange, response) => {
      if (exchange.index === 0) await held.promise;
      json(200, { reply: `${exchange.index}` })(exchange, response);
    });
    const service = chat(server, 20_000, 1);
    expect(service.deadlineMs).toBe(20_000);
    const first = heard(service.reply(request, patient()));
    await expect.poll(() => server.exchanges.length).toBe(1);

    const time = new WaitingTime();
    const second = heard(service.reply(request, patient(), time));
    await expect.poll(() => time.waiting).toBe(true);
    held.resolve();
    expect((await first).text).toBe('0');
    expect((await second).text).toBe('1');
    expect(time).toMatchObject({ waited: 1, waiting: false });
  });

  it('is not given up because of what its caller waited', async () => {
    await using server = await startProvider(after(1_700, json(200, { reply: 'Here.' })));
    const service = chat(server, 3_000, 1);
    const both = await Promise.all([
      heard(service.reply(request, patient())),
      heard(service.reply(request, patient())),
    ]);
    for (const { text, error } of both) expect({ text, error }).toEqual({ text: 'Here.', error: undefined });
  });
});

describe('giving up on the legacy endpoint', () => {
  it.each<[string, Behaviour]>([
    ['before it answers', silence],
    ['in the middle of its answer', streaming([{ reply: 'Hel' }], 'open')],
  ])('%s closes the connection', async (_, behaviour) => {
    await using server = await startProvider(behaviour);
    const caller = new AbortController();
    const reason = new Error('cancelled');
    const reply = heard(chat(server).reply(request, caller.signal));
    await expect.poll(() => server.exchanges.length).toBe(1);
    caller.abort(reason);

    expect((await reply).error).toBe(reason);
    await server.exchanges[0]?.hungUp;
  });

  it('by leaving the loop closes it too, and frees the place', async () => {
    await using server = await startProvider(
      streaming([{ reply: 'Hel' }], 'open'),
      json(200, { reply: 'next' }),
    );
    const service = chat(server, 20_000, 1);
    for await (const _ of service.reply(request, patient())) break;
    await server.exchanges[0]?.hungUp;
    expect((await heard(service.reply(request, patient()))).text).toBe('next');
  });

  it('before it began asks nobody', async () => {
    await using server = await startProvider(silence);
    const reason = new Error('cancelled');
    expect((await heard(chat(server).reply(request, AbortSignal.abort(reason)))).error).toBe(reason);
    expect(server.exchanges).toHaveLength(0);
  });
});
