/** A thousand clients who lost their connection come back at once, each with its cursor; beside a bare WebSocket server. */
import { setTimeout as delay } from 'node:timers/promises';
import { FOLLOW, openGraphqlSocket, openSocket } from './client.ts';
import { FrameSocket } from './frames.ts';
import { compared, type Line, type Measurement, takingTurns } from './harness.ts';
import { startFloor, startSignalbox } from './publishers.ts';

const CLIENTS = 1_000;
/** Events that each of them has seen, and those that it has missed, of one job; of a job of its own. */
const SEEN = 200;
const MISSED = 10;
const SETTLE_MS = 500;

/** A client's end of a connection. */
interface Held {
  terminate(): void;
}

/** Clients of one make: how they connect, and how one comes back. */
interface Make {
  open: (url: string) => Promise<Held>;
  /** Resolves when it has what it missed. */
  resume: (url: string, jobId: string, after: number) => Promise<Held>;
}

/** Done when the last has what it missed. The floor accepts them, and that is all. */
export const returning: Measurement = {
  name: 'returning',
  async measure({ rounds }) {
    await using signalbox = await startSignalbox();
    await using floor = await startFloor();
    const jobs = async (count: number) => {
      const { ids } = await signalbox.server.ask<{ ids: string[] }>({
        do: 'open',
        count,
        events: SEEN + MISSED,
      });
      return (i: number) => ids[i % count] ?? '';
    };
    const shared = await jobs(1);
    const own = await jobs(CLIENTS);
    const lines: Line[] = [];
    for (const [name, { open, resume }] of Object.entries(MAKES)) {
      const back = (idOf: (i: number) => string, after: (i: number) => number) => () =>
        storm((i) => resume(signalbox.server.webSocketUrl, idOf(i), after(i)));
      lines.push(
        ...compared(
          `${CLIENTS} clients come back at once, ${name}`,
          'ms',
          await takingTurns(rounds, {
            'bare ws: accepts them': () => storm(() => open(floor.server.webSocketUrl)),
            'Signalbox, one job, the same cursor': back(shared, () => SEEN),
            'Signalbox, one job, any cursor': back(shared, (i) => SEEN - 50 + (i % 60)),
            'Signalbox, a job each': back(own, () => SEEN),
          }),
        ),
      );
    }
    return lines;
  },
};

const MAKES: Readonly<Record<string, Make>> = {
  'which count frames': {
    open: (url) => FrameSocket.open(url),
    async resume(url, jobId, after) {
      const socket = await FrameSocket.openGraphql(url);
      const current = new Promise<void>((resolve) => {
        socket.onFrame = () => socket.frames === missedBehind(after) && resolve();
      });
      socket.send(resuming(jobId, after));
      await current;
      return socket;
    },
  },
  'which read messages': {
    open: (url) => openSocket(url, () => {}),
    async resume(url, jobId, after) {
      const { promise: current, resolve } = Promise.withResolvers<void>();
      let told = 0;
      const socket = await openGraphqlSocket(url, (text) => {
        if (JSON.parse(text).type === 'next' && ++told === missedBehind(after)) resolve();
      });
      socket.send(resuming(jobId, after));
      await current;
      return socket;
    },
  },
};

const missedBehind = (after: number) => SEEN + MISSED - after;

/** The cursor is a variable, as clients have it: all of them send the same text. */
function resuming(jobId: string, after: number): string {
  const query = FOLLOW.replace('($jobId: ID!)', '($jobId: ID!, $after: Int)').replace(
    'jobProgress(jobId: $jobId)',
    'jobProgress(jobId: $jobId, after: $after)',
  );
  return JSON.stringify({ id: jobId, type: 'subscribe', payload: { query, variables: { jobId, after } } });
}

async function storm(one: (i: number) => Promise<Held>): Promise<number> {
  const began = performance.now();
  const sockets = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => one(i)));
  const took = performance.now() - began;
  for (const socket of sockets) socket.terminate();
  // What the server does when they leave is not the next ones' to wait for.
  await delay(SETTLE_MS);
  return took;
}
