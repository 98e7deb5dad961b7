import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Signalbox, unwrap } from '../../sdk/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startProxy } from './proxy.ts';

const quick = { firstDelayMs: 1, longestDelayMs: 5 };
let gateway: TestGateway;
let direct: Signalbox;
beforeAll(async () => {
  gateway = await startGateway({ listens: true });
  direct = connect(gateway.url);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const share = async (rolloutPercentage: number) =>
  unwrap(
    await direct.migration.setFeature({
      feature: 'CHAT',
      enabled: true,
      rolloutPercentage,
      reason: 'a test',
    }),
  );

async function compare(sessionId: string, message: string): Promise<string> {
  const input = { sessionId, message, feature: 'CHAT' as const, model: null, control: false };
  return unwrap(await direct.migration.shadowTest(input)).id;
}

/** Until somebody hears of what `again` does, since a subscription does not say when it stands. */
async function heard<T>(item: Promise<T>, again: () => Promise<unknown>): Promise<T> {
  let isHeard = false;
  const result = item.finally(() => {
    isHeard = true;
  });
  while (!isHeard) await again();
  return result;
}

const next = async <T>(items: AsyncIterator<T, void>): Promise<T> => {
  const { done, value } = await items.next();
  if (done) throw new Error('It ended.');
  return value as T;
};

describe.each(['sse', 'websocket'] as const)('hearing of changes over %s', (transport) => {
  it('shows features as they change, and those that changed while the connection was lost', async () => {
    await using proxy = await startProxy(gateway.url);
    const changes = connect(proxy.url, { transport, retry: quick }).migration.featureChanges();
    let percentage = 0;
    const again = () => {
      percentage = (percentage + 1) % 50;
      return share(percentage);
    };
    expect(await heard(next(changes), again)).toMatchObject({ name: 'CHAT', source: 'LOCAL' });

    proxy.hold();
    await share(77);
    proxy.release();
    let change = await next(changes);
    while (change.rolloutPercentage !== 77) change = await next(changes);
    expect(change).toMatchObject({ name: 'CHAT', enabled: true, lastChange: { reason: 'a test' } });
    await share(78);
    expect(await next(changes)).toMatchObject({ rolloutPercentage: 78 });
    await changes.return?.();
  });

  it('shows comparisons as they are made, each once, and those that were made while the connection was lost', async () => {
    const { id: sessionId } = unwrap(await direct.createSession());
    const before = await compare(sessionId, 'before');
    await using proxy = await startProxy(gateway.url);
    const signalbox = connect(proxy.url, { transport, retry: quick });
    const comparisons = signalbox.migration.newComparisons({ feature: 'CHAT' });
    const seen = [await heard(next(comparisons), () => compare(sessionId, 'heard'))];

    proxy.hold();
    const missed = [await compare(sessionId, 'one'), await compare(sessionId, 'two')];
    proxy.release();
    while (seen.at(-1)?.id !== missed[1]) seen.push(await next(comparisons));
    const live = await compare(sessionId, 'live');
    seen.push(await next(comparisons));

    const ids = seen.map(({ id }) => id);
    expect(ids.slice(-3)).toEqual([...missed, live]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(before);
    expect(seen.at(-1)).toMatchObject({ feature: 'CHAT', message: 'live', live: false });
    await comparisons.return?.();
  });

  it('can be left while nothing changes', async () => {
    const gone = new AbortController();
    const { migration } = connect(gateway.url, { transport });
    const waiting = migration.newComparisons({}, { signal: gone.signal }).next();
    gone.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    const changes = migration.featureChanges();
    const item = changes.next();
    await changes.return?.();
    expect(await item).toEqual({ done: true, value: undefined });
  });
});

it('tells a stranger that he has to say who he is', async () => {
  await using closed = await startGateway({
    listens: true,
    environment: { AUTH_TOKENS: 'ada=a-token-of-sixteen' },
  });
  const { migration } = connect(closed.url);
  await expect(migration.featureChanges().next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});
