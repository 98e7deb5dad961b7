import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configured, ended, tasksOf, thinking } from '../support/background.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import {
  complete,
  deliver,
  gate,
  newsOf,
  type ResponsesProvider,
  startResponsesProvider,
} from '../support/responses-provider.ts';

let provider: ResponsesProvider;
let gateway: TestGateway;
let tasks: ReturnType<typeof tasksOf>;
beforeAll(async () => {
  provider = await startResponsesProvider();
  gateway = await startGateway({ environment: configured(provider), listens: true });
  tasks = tasksOf(gateway.ask, gateway.url);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
});

const retrieved = (id: string) => provider.asked('GET', `/${id}`);

describe('a webhook', () => {
  it('has a response asked for at once, and each delivery counts once', async () => {
    const { id } = await tasks.start({ question: 'Ring' });
    const response = await thinking(provider, 'Ring');
    // Until the pauses between the polls are longer than the test may take.
    const deliveries: number[] = [];
    for (let count = 2; count <= 8; count += 1) {
      deliveries.push((await deliver(gateway.url, `wh_ring_${count}`, newsOf(response.id))).status);
      await provider.seen('GET', `/${response.id}`, count);
    }
    expect(deliveries).toEqual(Array(7).fill(204));

    const asked = retrieved(response.id).length;
    for (let again = 0; again < 5; again += 1)
      expect((await deliver(gateway.url, 'wh_ring_8', newsOf(response.id))).status).toBe(204);
    // By now whatever they woke would have asked: the next one is the very next.
    const began = performance.now();
    complete(response, 'Heard.');
    await deliver(gateway.url, 'wh_ring_9', newsOf(response.id));
    expect(await ended(gateway, id)).toMatchObject({ status: 'COMPLETED', response: 'Heard.' });
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(retrieved(response.id)).toHaveLength(asked + 1);
  });

  it('that comes while the response is being asked for is not lost', async () => {
    const { id } = await tasks.start({ question: 'Just now' });
    const response = await thinking(provider, 'Just now');
    for (let count = 2; count <= 8; count += 1) {
      await tasks.ring(response.id);
      await provider.seen('GET', `/${response.id}`, count);
    }
    const stale = structuredClone(response);
    const late = gate();
    provider.instead = (exchange) =>
      exchange.path.endsWith(response.id) && retrieved(response.id).length === 9
        ? late.behind((_, answer) => void answer.end(JSON.stringify(stale)))
        : undefined;
    await tasks.ring(response.id);
    await provider.seen('GET', `/${response.id}`, 9);
    complete(response, 'Ready.');
    expect(await tasks.ring(response.id)).toBe(204);
    const began = performance.now();
    late.open();
    expect(await ended(gateway, id)).toMatchObject({ status: 'COMPLETED', response: 'Ready.' });
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('may come before, behind and beside the truth', async () => {
    const { id } = await tasks.start({ question: 'Unordered' });
    const response = await thinking(provider, 'Unordered');
    await deliver(gateway.url, 'wh_early', newsOf(response.id, 'response.completed'));
    await provider.seen('GET', `/${response.id}`, 2);
    expect(await tasks.task(id)).toMatchObject({ status: 'RUNNING' });
    complete(response, 'In the end.');
    await deliver(gateway.url, 'wh_other', newsOf(response.id, 'response.failed'));
    expect(await ended(gateway, id)).toMatchObject({ status: 'COMPLETED', response: 'In the end.' });
    expect((await deliver(gateway.url, 'wh_late', newsOf(response.id))).status).toBe(204);
  });

  it.each([
    ['a response that nobody knows', newsOf('resp_of_somebody_else')],
    ['something else', { id: 'evt_1', type: 'batch.completed', data: { id: 'batch_1' } }],
    ['nothing', { id: 'evt_1', type: 'response.completed' }],
  ])('about %s is taken and does nothing', async (what, body) => {
    expect((await deliver(gateway.url, `wh_${what}`.replaceAll(' ', '_'), body)).status).toBe(204);
  });

  it('that is signed wrongly is refused', async () => {
    expect((await deliver(gateway.url, 'wh_bad', newsOf('resp_1'), { key: 'guessed' })).status).toBe(400);
    expect((await deliver(gateway.url, 'wh_bad', 'no json')).status).toBe(400);
    const { db } = gateway.gateway.store;
    expect(
      await db.selectFrom('webhook_deliveries').selectAll().where('id', '=', 'wh_bad').execute(),
    ).toEqual([]);
  });

  it('that is too large is refused, however it is sent', async () => {
    const large = 'x'.repeat(65 * 1024);
    expect((await deliver(gateway.url, 'wh_large', large)).status).toBe(413);
    expect((await deliver(gateway.url, 'wh_large', 'x'.repeat(5_000_000))).status).toBe(413);
    const status = await new Promise((resolve, reject) => {
      const sent = request(
        new URL('/webhooks/openai', gateway.url),
        { method: 'POST', headers: { 'transfer-encoding': 'chunked' } },
        (response) => resolve(response.statusCode),
      );
      sent.on('error', reject);
      // Never ended: the answer comes before the body is whole.
      sent.write(large);
    });
    expect(status).toBe(413);
  });

  it('comes by POST', async () => {
    const response = await deliver(gateway.url, 'wh_get', '', { method: 'GET' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('has no path without a secret', async () => {
    const { OPENAI_WEBHOOK_SECRET: _, ...environment } = configured(provider);
    await using other = await startGateway({ environment, listens: true });
    expect((await deliver(other.url, 'wh_1', newsOf('resp_1'))).status).toBe(404);
  });
});
