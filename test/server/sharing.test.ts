import { describe, expect, it } from 'vitest';
import { type Body, type Listener, startFeed } from './feed.ts';

type World = Awaited<ReturnType<typeof startFeed>>;

const words = (seq: number): Body => ({ type: 'Word', text: `wörd "${seq}"` });
const mixed = (seq: number): Body => {
  if (seq % 10 === 7) return { type: 'Bad' };
  if (seq % 10 === 3) return { type: 'Slow' };
  return words(seq);
};
const upTo = (end: number, after = 0) => Array.from({ length: end - after }, (_, i) => after + i + 1);
const follow = 'subscription($after: Int! = 0) { feed(after: $after) { seq ... on Word { text } } }';

describe('a subscription that shares its work', () => {
  const documents: [string, object?][] = [
    ['subscription { FIELD { seq } }'],
    ['subscription Named { renamed: FIELD(after: 2) { __typename seq at ... on Word { text } } }'],
    [
      'subscription($after: Int!) { FIELD(after: $after) { s: seq seq ... on Word { shout(times: 3) } } }',
      { after: 4 },
    ],
    [
      `subscription($loud: Boolean!, $times: Int! = 2) {
        FIELD { ...all ... on Word @skip(if: $loud) { text } ... on Word @include(if: $loud) { shout(times: $times) } }
      }
      fragment all on Entry { seq ... on Slow { late } ... on Word { whose } }`,
      { loud: true },
    ],
    ['subscription { FIELD { seq ... on Bad { broken } ... on Slow { late } } }'],
    ['subscription { FIELD { seq ... on Bad { seq refused } } }'],
    ['subscription { ...root } fragment root on Subscription { FIELD { seq } }'],
    ['subscription { FIELD(after: "no") { seq } }'],
    ['subscription($after: Int!) { FIELD(after: $after) { seq } }', { after: 'no' }],
    ['subscription { FIELD { nothing } }'],
  ];
  const anonymous = (text: string) =>
    text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id').replaceAll('unshared', 'feed');

  /** All messages of a subscription from its first event to its end: one part was there before it, one came later. */
  async function transcript(world: World, field: string, query: string, variables?: object) {
    const before = 45;
    world.feed.head = before;
    world.feed.over = false;
    const listener = await world.listener();
    // Of the same width, so that places in the text are the same too.
    const aligned = field === 'feed' ? 'feed    ' : field;
    listener.subscribe('one "1"', query.replaceAll('FIELD', aligned), variables);
    await expect.poll(() => listener.heard.length > 0).toBe(true);
    const failed = /"type":"error"|"payload":\{"errors"/.test(listener.heard[0]!);
    if (!failed) {
      await expect.poll(() => listener.heard.some((text) => text.includes('"seq":45'))).toBe(true);
      world.feed.grow(30);
      await expect.poll(() => listener.heard.some((text) => text.includes('"seq":75'))).toBe(true);
      world.feed.grow(5);
      world.feed.end();
    }
    if (!listener.heard[0]!.includes('"type":"error"'))
      await expect.poll(() => listener.heard.at(-1)).toContain('"complete"');
    return listener.heard.map(anonymous);
  }

  it.each(documents)('sends the bytes that the ordinary way sends: %s', async (query, variables) => {
    await using world = await startFeed(mixed);
    const shared = await transcript(world, 'feed', query, variables);
    const ordinary = await transcript(world, 'unshared', query, variables);
    expect(shared).toEqual(ordinary);
    expect(shared.join()).not.toContain('hunter2');
  });

  it('executes an event once for all of them, also after its document was compiled', async () => {
    await using world = await startFeed(words);
    const listeners = await Promise.all(Array.from({ length: 20 }, () => world.listener()));
    for (const [i, listener] of listeners.entries()) listener.subscribe(`id ${i}`, follow);
    await expect.poll(() => world.feed.followers).toBe(20);
    for (let round = 0; round < 50; round++) {
      world.feed.grow(2);
      await new Promise(setImmediate);
    }
    for (const [i, listener] of listeners.entries())
      await expect.poll(() => listener.seqs(`id ${i}`)).toEqual(upTo(100));
    expect(world.feed.executed).toBe(100);
    expect(world.subscribers()).toBe(20);
  });

  it('begins where it says, and meets the others at the end of the log', async () => {
    await using world = await startFeed(mixed);
    world.feed.kept = 10;
    world.feed.head = 300;
    const query = 'subscription($after: Int!) { feed(after: $after) { seq ... on Slow { late } } }';
    const listeners = await Promise.all(Array.from({ length: 30 }, () => world.listener()));
    for (const [i, listener] of listeners.entries()) {
      listener.subscribe('1', query, { after: i * 10 });
      world.feed.grow();
    }
    await expect.poll(() => world.feed.followers).toBe(30);
    world.feed.grow(25);
    for (const [i, listener] of listeners.entries())
      await expect.poll(() => listener.seqs()).toEqual(upTo(355, i * 10));
  });

  it('waits where it is ahead of the log, and gets nothing twice', async () => {
    await using world = await startFeed(words);
    world.feed.head = 5;
    const listener = await world.listener();
    listener.subscribe('1', follow, { after: 8 });
    await expect.poll(() => world.feed.followers).toBe(1);
    for (let n = 0; n < 5; n++) world.feed.grow();
    world.feed.end();
    await expect.poll(() => listener.heard.at(-1)).toContain('"complete"');
    expect(listener.seqs()).toEqual([9, 10]);
  });

  it('is taken at its word again: variables and name are looked at each time', async () => {
    await using world = await startFeed(words);
    world.feed.head = 3;
    const text = `subscription From($after: Int!) { feed(after: $after) { seq } }
      subscription All { feed { seq ... on Word { text } } }`;
    const listener = await world.listener();
    const ask = (id: string, operationName?: string, variables?: object) =>
      listener.socket.send(
        JSON.stringify({ id, type: 'subscribe', payload: { query: text, operationName, variables } }),
      );
    const told = (id: string) =>
      listener.heard.map((heard) => JSON.parse(heard)).filter((message) => message.id === id);

    for (const round of ['first', 'again']) {
      ask(`${round} from`, 'From', { after: 1 });
      await expect.poll(() => listener.seqs(`${round} from`)).toEqual([2, 3]);
      ask(`${round} all`, 'All');
      await expect.poll(() => listener.seqs(`${round} all`)).toEqual([1, 2, 3]);
      expect(told(`${round} all`)[0].payload.data.feed.text).toBe('wörd "1"');
      ask(`${round} wrong`, 'From', { after: 'x' });
      ask(`${round} without`, 'From');
      ask(`${round} unnamed`);
      ask(`${round} misnamed`, 'Nothing');
      for (const wrong of ['wrong', 'without', 'unnamed', 'misnamed'])
        await expect.poll(() => told(`${round} ${wrong}`).length).toBeGreaterThan(0);
    }
    for (const wrong of ['wrong', 'without', 'unnamed', 'misnamed']) {
      const shown = (round: string) =>
        told(`${round} ${wrong}`).map(({ type, payload }) => ({ type, payload }));
      expect(shown('again')).toEqual(shown('first'));
      expect(JSON.stringify(shown('again'))).toContain('"message"');
    }
  });

  it('never shows one viewer what is made for another', async () => {
    await using world = await startFeed(words);
    const query = 'subscription { feed { seq ... on Word { whose } } }';
    const listeners = await Promise.all(
      ['ann', 'bob', 'ann', 'bob'].map((owner) => world.listener({ owner })),
    );
    for (const listener of listeners) listener.subscribe('1', query);
    await expect.poll(() => world.feed.followers).toBe(4);
    world.feed.grow(40);
    for (const [i, listener] of listeners.entries()) {
      await expect.poll(() => listener.heard.length).toBe(40);
      const [mine, others] = i % 2 ? ['bob', 'ann'] : ['ann', 'bob'];
      expect(listener.heard.every((text) => text.includes(mine!) && !text.includes(others!))).toBe(true);
    }
    expect(world.feed.executed).toBe(80);
  });

  it('keeps apart what differs in variables that show', async () => {
    await using world = await startFeed(words);
    const query = 'subscription($times: Int) { feed { seq ... on Word { shout(times: $times) } } }';
    const listener = await world.listener();
    listener.subscribe('once', query, { times: 1 });
    listener.subscribe('twice', query, { times: 2 });
    listener.subscribe('by default', query);
    await expect.poll(() => world.feed.followers).toBe(3);
    world.feed.grow();
    const said = (id: string) =>
      listener.heard.map((text) => JSON.parse(text)).find((message) => message.id === id)?.payload.data.feed
        .shout;
    await expect.poll(() => said('by default')).toBe('WÖRD "1"');
    expect([said('once'), said('twice')]).toEqual(['WÖRD "1"', 'WÖRD "1"WÖRD "1"']);
  });

  it('tells of a log that cannot be read as its last result, masked', async () => {
    await using world = await startFeed(words);
    const listener = await world.listener();
    listener.subscribe('1', follow);
    await expect.poll(() => world.feed.followers).toBe(1);
    world.feed.fail(new Error('password=hunter2'));
    await expect.poll(() => listener.heard.at(-1)).toContain('"complete"');
    expect(JSON.parse(listener.heard[0]!)).toMatchObject({
      type: 'next',
      payload: { errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
    });
    expect(world.feed.followers).toBe(0);
  });

  it('keeps a hundred on one socket apart, in order, and lets each go alone', async () => {
    await using world = await startFeed(words);
    const listener = await world.listener();
    for (let n = 0; n < 100; n++) listener.subscribe(`s${n}`, follow, { after: n % 3 });
    await expect.poll(() => world.feed.followers).toBe(100);
    for (let n = 0; n < 20; n++) world.feed.grow();
    await expect.poll(() => listener.seqs('s99')).toEqual(upTo(20));
    for (let n = 0; n < 100; n++) expect(listener.seqs(`s${n}`)).toEqual(upTo(20, n % 3));

    for (let n = 0; n < 99; n++) listener.complete(`s${n}`);
    await expect.poll(() => world.feed.followers).toBe(1);
    world.feed.grow();
    await expect.poll(() => listener.seqs('s99')).toEqual(upTo(21));
    expect(listener.seqs('s5')).toEqual(upTo(20, 2));
    listener.socket.terminate();
    await expect.poll(() => [world.feed.followers, world.subscribers()]).toEqual([0, 0]);
  });

  it('sends events of every size as whole messages', async () => {
    const sizes = [0, 20, 60, 70, 100, 125, 126, 200, 60_000, 65_400, 65_536, 70_000, 300_000];
    await using world = await startFeed((seq) => ({ type: 'Word', text: 'é'.repeat(sizes[seq - 1]!) }));
    const listener = await world.listener();
    listener.subscribe('1', follow);
    await expect.poll(() => world.feed.followers).toBe(1);
    world.feed.grow(sizes.length);
    await expect.poll(() => listener.seqs()).toEqual(upTo(sizes.length));
    const lengths = listener.heard.map((text) => JSON.parse(text).payload.data.feed.text.length);
    expect(lengths).toEqual(sizes);
  });

  it('is left behind by nobody who leaves in the middle of an event', async () => {
    await using world = await startFeed(() => ({ type: 'Slow' }));
    const listeners: Listener[] = await Promise.all(Array.from({ length: 4 }, () => world.listener()));
    const query = 'subscription { feed { seq ... on Slow { late } } }';
    for (const listener of listeners) listener.subscribe('1', query);
    await expect.poll(() => world.feed.followers).toBe(4);
    world.feed.grow(10);
    listeners[0]!.socket.terminate();
    listeners[1]!.complete('1');
    await expect.poll(() => listeners[3]!.seqs()).toEqual(upTo(10));
    expect(listeners[2]!.seqs()).toEqual(upTo(10));
    await expect.poll(() => world.feed.followers).toBe(2);
  });
});
