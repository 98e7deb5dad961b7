/** What things cost, as they were measured: costs.json, and what its numbers mean. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Reality } from './reality.ts';

const FILE = new URL('./costs.json', import.meta.url);

/** Microseconds of processor, each of one more. */
export interface Costs {
  gateway: {
    /** Accepting it, with its request. */
    job: number;
    /** Hearing of a write to a log that nobody follows here. */
    notification: number;
    /** Reading a write to a followed log back. */
    read: number;
    /** Preparing an event for all who ask for the same with the same words. */
    event: number;
    /** Sending it to one of them. */
    message: number;
  };
  worker: {
    /** Taking it up and ending it. */
    job: number;
    /** A transaction of events. */
    batch: number;
    event: number;
    notification: number;
  };
  postgres: {
    job: number;
    batch: number;
    event: number;
    read: number;
    /** Waking one connection that listens, for one notification. */
    wakeUp: number;
  };
  /** Microseconds of the clock. */
  clock: {
    /** For which a commit with NOTIFY keeps every other out. */
    commit: number;
    /** Between two tickets that one worker draws. */
    draw: number;
  };
  memory: {
    /** MiB, with nothing to do. */
    gateway: number;
    worker: number;
    /** KiB. */
    follower: number;
    runningJob: number;
  };
  /** Shares of a processor, with nothing to do. */
  idle: { gateway: number; worker: number; postgres: number };
  /** Connections on which a process listens; every one of them is woken by every NOTIFY in the database. */
  listening: { gateway: number; worker: number };
}

/** How well a line fits what was measured. */
export interface Quality {
  points: number;
  r2: number;
  /** As a share. */
  worst: number;
}

export interface CommitRate {
  connections: number;
  /** Commits per second. */
  silent: number;
  notifying: number;
}

export interface Measured {
  machine: string;
  date: string;
  costs: Costs;
  fits: Record<string, Quality>;
  commits: CommitRate[];
  /** One load in earnest. */
  reality: Reality;
}

export const readMeasured = (): Measured => JSON.parse(readFileSync(FILE, 'utf8')) as Measured;

/** Three digits: more would claim to know. */
export function writeMeasured(measured: Measured): void {
  const short = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(3)) : value;
  writeFileSync(FILE, `${JSON.stringify(measured, short, 2)}\n`);
}
