import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { Ledger } from './ledger.ts';
import { Random } from './random.ts';
import { Subscriber } from './subscriber.ts';

const schema = buildSchema(`
  interface JobEvent { seq: Int! }
  type Progress { message: String! }
  type JobStatusChanged implements JobEvent { seq: Int! status: String! }
  type JobProgressed implements JobEvent { seq: Int! progress: Progress! }
  type JobStepCompleted implements JobEvent { seq: Int! step: String! }
  type JobTextAppended implements JobEvent { seq: Int! stream: String! offset: Int! text: String! }
  type ReplyServed implements JobEvent { seq: Int! servedBy: String! }
  type ThreadStatusChanged implements JobEvent { seq: Int! thread: String! status: String! }
  type JobFinished implements JobEvent { seq: Int! }
  type Query { nothing: Int }
  type Subscription { jobProgress(jobId: ID!, after: Int!): JobEvent! }
`);

const text = (seq: number) => ({
  __typename: 'JobTextAppended',
  seq,
  stream: 'reply',
  offset: seq,
  text: 'x',
});
const finished = (seq: number) => ({ __typename: 'JobFinished', seq });
const CUT = 'cut';

type Script = (object | typeof CUT)[];

/** A gateway that tells what it is told to, whatever it was asked; one script for each subscription. */
async function startTeller(scripts: Script[]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const cursors: number[] = [];
  async function* tell(script: Script) {
    for (const event of script) {
      if (event === CUT) for (const socket of server.clients) socket.terminate();
      else yield { data: { jobProgress: event } };
    }
  }
  useServer(
    {
      schema,
      subscribe: (({ variableValues }: { variableValues?: { after?: number } }) => {
        cursors.push(variableValues?.after ?? 0);
        return tell(scripts[cursors.length - 1] ?? []);
      }) as never,
    },
    server,
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cursors,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}

async function follow(...scripts: Script[]) {
  await using teller = await startTeller(scripts);
  const ledger = new Ledger();
  const { signal } = new AbortController();
  using subscriber = new Subscriber({ urls: [teller.url], ledger, random: new Random(1, 'test'), signal });
  await subscriber.follow('job', 0);
  return { found: ledger.violations.map(({ what }) => what), cursors: teller.cursors };
}

it('goes on behind what it was told, and finds nothing wrong with a whole sequence', async () => {
  expect(await follow([text(1), text(2), CUT], [text(3), finished(4)])).toEqual({
    found: [],
    cursors: [0, 2],
  });
});

it('notices an event that is missing', async () => {
  expect((await follow([text(1), finished(3)])).found).toEqual(['a subscriber’s sequence is not whole']);
});

it('notices an event that comes again', async () => {
  const { found } = await follow([text(1), CUT], [text(1), finished(2)]);
  expect(found[0]).toBe('a subscriber’s sequence is not whole');
});

it('notices an event behind the end', async () => {
  expect((await follow([text(1), finished(2), text(3)])).found).toContain('an event came behind the end');
});

it('notices a subscription that is completed too early', async () => {
  const { found } = await follow([text(1)], [finished(2)]);
  expect(found).toEqual(['a subscription was completed before its job ended']);
});
