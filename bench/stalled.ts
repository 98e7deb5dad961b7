/** A subscriber that reads nothing, and what its server keeps for it, beside the same without one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FrameSocket } from './frames.ts';
import {
  compared,
  figure,
  type Line,
  type Measurement,
  median,
  type Results,
  say,
  within,
} from './harness.ts';
import { ServerEnded } from './processes.ts';
import { EVERYBODY, gather, type Publisher, type Start, startSignalbox } from './publishers.ts';
import { createOutside } from './stores.ts';

/** Characters: what one event of a log may have at most is a little more. */
const LONG = 'x'.repeat(16_000);
const OFFERED = 66 * 2 ** 20;
/** 8 MB a second, which those who read can take. */
const EVERY_MS = 2;
const READERS = 2;

export const stalled: Measurement = {
  name: 'stalled',
  async measure({ share }) {
    const events = Math.round((OFFERED / LONG.length) * share);
    await using database = await createOutside();
    const contestants = { ...EVERYBODY, Signalbox: () => startSignalbox(database) };
    const grown: Results = {};
    const ended: string[] = [];
    for (const [name, start] of Object.entries(contestants)) {
      say(`stalled, ${name}`);
      const without = await growth(start, false, events);
      const growing = await growth(start, true, events);
      if (growing === null) ended.push(name);
      grown[name] = [(growing ?? Number.NaN) - (without ?? Number.NaN)];
    }
    const offered = Math.round((events * LONG.length) / 2 ** 20);
    return compared(`heap for one stalled subscriber, ${offered} MiB offered`, 'MiB', grown).map((line) =>
      ended.includes(line.who) ? { ...line, ratio: '', figure: 'its process ends' } : line,
    );
  },
};

/** MiB that a server's memory grows by; null where it does not survive. */
async function growth(start: Start, stalls: boolean, events: number): Promise<number | null> {
  await using publisher = await start();
  const { server } = publisher;
  const offer = { everyMs: EVERY_MS, message: LONG };
  try {
    const topics = await publisher.topics(1);
    const readers = await gather(publisher, topics, READERS);
    const others = stalls ? await gather(publisher, topics, 1) : [];
    // What grows once is not counted as anybody's.
    await delivered(publisher, [...readers, ...others], { topics, events: Math.ceil(events / 8), ...offer });
    const { heap: before } = await server.settledMemory();

    const seen = others.map(({ frames }) => frames);
    for (const socket of others) socket.stall();
    await delivered(publisher, readers, { topics, events, ...offer });
    const { heap: after } = await server.settledMemory();

    // Peers may have dropped it by now, for a ping that it left unanswered; from a log it must get everything.
    if (publisher.write !== publisher.publish) {
      for (const socket of others) socket.resume();
      const caughtUp = () => others.every(({ frames }, i) => frames === (seen[i] ?? 0) + events);
      await within(60, 'what it had missed', until(caughtUp));
    }
    for (const socket of [...readers, ...others]) socket.terminate();
    return after - before;
  } catch (error) {
    if (error instanceof ServerEnded) return null;
    throw error;
  }
}

/** Publishes, and waits until those who read have it all. */
async function delivered(
  { write }: Publisher,
  readers: FrameSocket[],
  publication: Parameters<Publisher['write']>[0],
): Promise<void> {
  const expected = readers.map(({ frames }) => frames + publication.events);
  await write(publication);
  await within(
    60,
    'delivery',
    until(() => readers.every(({ frames }, i) => frames >= (expected[i] ?? 0))),
  );
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await delay(5);
}

const SECONDS = 600;
const READERS_UNDER_LOAD = 100;
/** Between two looks at the memory. */
const EVENTS_A_LOOK = 5_000;

export const stalledLong: Measurement = {
  name: 'stalled-long',
  onlyNamed: true,
  async measure({ share }) {
    const seconds = SECONDS * share;
    // Both in the same minutes: what the machine does meanwhile happens to both.
    const [without, stalling] = await Promise.all([underLoad(false, seconds), underLoad(true, seconds)]);
    const what = `one stalled subscriber for ${seconds} s under full load, heap`;
    const line = (who: string, values: number[]): Line => ({
      what,
      who,
      ratio: '',
      figure: figure(values, 'MiB'),
    });
    return [
      line('grown meanwhile, without it', without.grown),
      line('grown meanwhile, with it', stalling.grown),
      line('let go when it leaves', stalling.letGo),
    ];
  },
};

interface UnderLoad {
  /** MiB from the second quarter of the time to the last, look by look: a process becomes itself in the first. */
  grown: number[];
  /** MiB that are free again when the stalled one has gone. */
  letGo: number[];
}

async function underLoad(stalls: boolean, seconds: number): Promise<UnderLoad> {
  await using database = await createOutside();
  await using publisher = await startSignalbox(database);
  const { server } = publisher;
  const topics = await publisher.topics(1);
  const readers = await gather(publisher, topics, READERS_UNDER_LOAD);
  const others = stalls ? await gather(publisher, topics, 1) : [];
  for (const socket of others) socket.stall();

  const looks: number[] = [];
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    await delivered(publisher, readers, { topics, events: EVENTS_A_LOOK });
    looks.push(await server.heap());
  }
  const quarter = (which: number) =>
    looks.slice(Math.floor(looks.length * (which / 4)), Math.ceil(looks.length * ((which + 1) / 4)));
  const early = median(quarter(1));

  const held = (await server.settledMemory()).heap;
  for (const socket of others) socket.terminate();
  const { heap } = await server.settledMemory();
  for (const socket of readers) socket.terminate();
  return { grown: quarter(3).map((look) => look - early), letGo: [held - heap] };
}
