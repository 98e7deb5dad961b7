import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { configured, heardOf } from '../services/conversations/services.ts';
import { delta, done, type FakeProvider, startProvider } from '../support/provider.ts';
import { createOnServer } from '../support/stores.ts';
import { Asker, type Followed, freePort, Served, Subscriber } from './rolling-fleet.ts';

/** A reply takes a second and more, so that every restart comes in the middle of several. */
const PIECES = 25;
const PIECE_MS = 40;
const SESSIONS = 6;
/** Jobs that are not over, and so how many are under way at any moment. */
const AT_ONCE = 10;
/** What the documented service gives a process to stop in. */
const DRAIN_MS = 30_000;
const LONG = { timeout: 60_000, interval: 50 };

const wordOf = (message: string, piece: number) => `${message}.${piece} `;
const replyTo = (message: string) =>
  Array.from({ length: PIECES }, (_, piece) => wordOf(message, piece)).join('');

/** A provider that takes its time, and notices who is answered by two streams at once. */
async function startSlowProvider() {
  const underWay = new Map<string, number>();
  let most = 0;
  const provider = await startProvider(async (exchange, response) => {
    const message = heardOf(exchange).at(-1) ?? '';
    const count = (underWay.get(message) ?? 0) + 1;
    underWay.set(message, count);
    most = Math.max(most, count);
    response.once('close', () => underWay.set(message, underWay.get(message)! - 1));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let piece = 0; piece < PIECES && !response.destroyed; piece++) {
      response.write(`data: ${JSON.stringify(delta(wordOf(message, piece)))}\n\n`);
      await delay(PIECE_MS);
    }
    response.end(`data: ${JSON.stringify(done)}\n\n`);
  });
  return { ...provider, mostOfOneMessage: () => most };
}

const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { ... on ChatTurn { id status reply } ... on Error { message } }
}`;
const DEFINE = `mutation($input: DefineDependenciesInput!) {
  defineDependencies(input: $input) { ... on DependencyGraph { id } ... on Error { message } }
}`;
const RUN = `mutation($input: StartWorkflowInput!) {
  startWorkflow(input: $input) { ... on WorkflowJob { id } ... on Error { message } }
}`;

describe.skipIf(inject('servers').postgres === null)(
  'a fleet that is restarted process by process (Postgres)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-rolling-'));
    let database: Awaited<ReturnType<typeof createOnServer>>;
    let store: Store;
    let provider: FakeProvider & { mostOfOneMessage(): number };
    let gateways: Served[];
    let workers: Served[];
    let subscribers: Subscriber[];
    let asker: Asker;

    beforeAll(async () => {
      provider = await startSlowProvider();
      database = await createOnServer();
      store = await database.open();
      const environment = {
        ...configured(provider),
        DATABASE_URL: database.url,
        DATABASE_CONNECTIONS: '4',
        DATA_DIR: directory,
      };
      gateways = [];
      for (let count = 0; count < 2; count++)
        gateways.push(new Served('gateway', { ...environment, PORT: await freePort() }));
      workers = [new Served('worker', environment), new Served('worker', environment)];
      await Promise.all([...gateways, ...workers].map((process) => process.start()));
      const urls = gateways.map(({ url }) => url);
      asker = new Asker(urls);
      subscribers = [0, 1, 0, 1].map((first) => new Subscriber(urls, first));
    }, 180_000);
    afterAll(async () => {
      await Promise.all(subscribers.map((subscriber) => subscriber.dispose()));
      await Promise.all([...gateways, ...workers].map((process) => process[Symbol.asyncDispose]()));
      await store.close();
      await database.drop();
      await provider[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    }, 60_000);

    const create = async (): Promise<string> =>
      (await asker.ask('mutation { createSession { ... on Session { id } } }', {})).createSession.id;

    const running = (worker: string) =>
      store.db
        .selectFrom('jobs')
        .select('id')
        .where('worker', '=', worker)
        .where('status', '=', 'RUNNING')
        .execute();

    it('loses no event, no start and no job', async () => {
      const followed: Followed[] = [];
      const messages = new Map<string, string>();
      const waited: Promise<void>[] = [];
      const sessions = await Promise.all(Array.from({ length: SESSIONS }, create));

      const follow = (jobId: string) => {
        const all = subscribers.map((subscriber) => subscriber.follow(jobId));
        followed.push(...all);
        return Promise.all(all.map(({ over }) => over));
      };
      const say = async (sessionId: string, message: string, wait = false) => {
        const { sendMessage } = await asker.ask(SEND, {
          input: { sessionId, message, wait, idempotencyKey: message },
        });
        expect(sendMessage.id).toBeDefined();
        messages.set(sendMessage.id, message);
        return sendMessage;
      };

      // Starts go on all the time, whoever is restarted: as one turn ends another begins.
      let going = true;
      let told = 0;
      const talk = async () => {
        while (going) {
          const turn = ++told;
          const { id } = await say(sessions[turn % SESSIONS]!, `m${turn}`);
          await follow(id);
        }
      };
      const talking = Array.from({ length: AT_ONCE }, talk);
      /** One who waits for the reply in the request itself. */
      const waits = async (message: string) => {
        const { status, reply } = await say(await create(), message, true);
        expect({ status, reply }).toEqual({ status: 'COMPLETED', reply: replyTo(message) });
      };
      const runGraph = async (name: string) => {
        const threads = ['a', 'b', 'c'].map((letter) => ({
          name: letter,
          kind: 'CHAT',
          input: { message: `${name}-${letter}` },
        }));
        const dependencies = [
          { source: 'a', target: 'b', type: 'SEQUENTIAL' },
          { source: 'b', target: 'c', type: 'SEQUENTIAL' },
        ];
        const { defineDependencies } = await asker.ask(DEFINE, {
          input: { sessionId: await create(), threads, dependencies },
        });
        const { startWorkflow } = await asker.ask(RUN, {
          input: { graphId: defineDependencies.id, input: {}, idempotencyKey: name },
        });
        expect(startWorkflow.id).toBeDefined();
        await follow(startWorkflow.id);
      };

      const ends: { role: string; code: number | null; inTime: boolean }[] = [];
      const handedOver = new Set<string>();
      for (const [place, process] of [...gateways, ...workers].entries()) {
        waited.push(waits(`w${place}`), runGraph(`g${place}`));
        const before = await store.db.selectFrom('workers').select('id').execute();
        expect(before).toHaveLength(2);
        await expect
          .poll(
            async () =>
              (await Promise.all(before.map(({ id }) => running(id)))).every((jobs) => jobs.length > 1),
            LONG,
          )
          .toBe(true);

        const { code, ms } = await process.terminate();
        ends.push({ role: process.role, code, inTime: ms < DRAIN_MS });
        await process.start();
        const seen = told;
        await expect.poll(() => told, LONG).toBeGreaterThan(seen + AT_ONCE);
      }
      going = false;
      await Promise.all([...talking, ...waited]);
      for (const process of [...gateways, ...workers]) await process.terminate();

      expect(ends).toEqual(
        ['gateway', 'gateway', 'worker', 'worker'].map((role) => ({ role, code: 0, inTime: true })),
      );

      // Every subscriber's sequence is whole, and ends with the end.
      expect(followed.length).toBeGreaterThan(4 * 4 * AT_ONCE);
      for (const { jobId, seen } of followed) {
        expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1));
        expect(seen.at(-1)?.__typename).toBe('JobFinished');
        const message = messages.get(jobId);
        if (!message) continue;
        const text = seen
          .filter(({ __typename }) => __typename === 'JobTextAppended')
          .reduce((whole, { offset, text }) => whole.slice(0, offset) + text, '');
        expect(text).toBe(replyTo(message));
      }
      // Each was on the gateway that went, or on the other, and came back by itself. 1006: nobody listened there yet;
      // 1000: its own, when it followed nothing any more.
      for (const { closed } of subscribers) {
        expect(closed).toContain(1001);
        expect(closed.filter((code) => ![1000, 1001, 1006].includes(code))).toEqual([]);
      }

      // One job for each start, however often it had to be sent; each COMPLETED, none lost to a missing heartbeat.
      const jobs = await store.db
        .selectFrom('jobs')
        .select(['id', 'kind', 'status', 'attempt', 'crashes'])
        .execute();
      const turns = told + 4 + 4 * 3;
      expect(jobs.filter(({ kind }) => kind === 'CHAT_TURN')).toHaveLength(turns);
      expect(jobs.filter(({ kind }) => kind === 'WORKFLOW')).toHaveLength(4);
      expect(jobs.filter(({ status, crashes }) => status !== 'COMPLETED' || crashes > 0)).toEqual([]);

      // What ran in a worker that was told to stop was handed over, and run by one at a time.
      const statuses = await store.db
        .selectFrom('job_events')
        .select(['job_id', 'seq'])
        .select((event) => event.ref('data').as('data'))
        .where('type', '=', 'JobStatusChanged')
        .orderBy('job_id')
        .orderBy('seq')
        .execute();
      const stories = Map.groupBy(statuses, ({ job_id }) => job_id);
      for (const { id, kind, attempt } of jobs) {
        if (kind !== 'CHAT_TURN') continue;
        const story = stories.get(id)!.map(({ data }) => (data as { status: string }).status);
        const attempts = Array.from({ length: attempt }, () => ['STARTED', 'RUNNING']).flat();
        expect(story).toEqual([...attempts, 'COMPLETED']);
        if (attempt > 1) handedOver.add(id);
      }
      for (const worker of workers) {
        const stopped = worker.log.filter(({ msg }) => msg === 'an attempt stopped before its end');
        expect(stopped.length).toBeGreaterThan(0);
        for (const { jobId } of stopped) expect(handedOver).toContain(jobId);
      }
      expect(provider.mostOfOneMessage()).toBe(1);
      const faults = [...gateways, ...workers].flatMap(({ log }) => log.filter(({ level }) => level >= 50));
      expect(faults).toEqual([]);
    }, 300_000);
  },
);
