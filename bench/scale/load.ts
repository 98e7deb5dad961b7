/** What a system is asked to do, and what it stands on. */

/** Jobs of one kind. */
export interface KindOfJob {
  name: string;
  perSecond: number;
  /** That its work says, beside the four of every job. */
  events: number;
  /** From being taken up to its end. */
  seconds: number;
  /** On gateways of the group, evenly. */
  followers: number;
  /** Processor seconds that its work takes in processes of its own, as an analysis' sandbox. */
  workSeconds: number;
  /** That one worker runs at the same time. */
  places: number;
}

export interface System {
  kinds: KindOfJob[];
  /** Sessions over which the jobs are spread. */
  sessions: number;
  /** Followers of jobs that say nothing. */
  idleFollowers: number;
  gateways: number;
  workers: number;
  postgresCores: number;
  /** Of one worker's machine, for work in processes of its own. */
  workerCores: number;
  /** DATABASE_CONNECTIONS of each process. */
  connections: number;
  /** max_connections of Postgres. */
  maxConnections: number;
  /** WebSockets that a gateway takes. */
  maxSockets: number;
  /** MiB that each process may have. */
  memory: number;
}

/** As the settings have them where nobody changes them (src/config.ts, src/server/limits.ts). */
export const usualSystem: Omit<System, 'kinds'> = {
  sessions: 10_000,
  idleFollowers: 0,
  gateways: 2,
  workers: 3,
  postgresCores: 8,
  workerCores: 8,
  connections: 10,
  maxConnections: 400,
  maxSockets: 20_000,
  memory: 2_048,
};

/** A conversation's answer: as many events a second as a model has words, for a few seconds. */
export const usualKind: KindOfJob = {
  name: 'conversation',
  perSecond: 10,
  events: 20,
  seconds: 2,
  followers: 3,
  workSeconds: 0,
  places: 250,
};

/** Events of each job that the engine writes: STARTED; RUNNING; the end's two. */
export const OWN_EVENTS = 4;

/** Transactions of each job that notify, beside those of what its work says: accepted, taken up, ended. */
export const OWN_WRITES = 3;

/** At this distance the writes of one job follow each other (src/jobs/writer.ts). */
export const PACE_SECONDS = 0.004;

/**
 * Events that one write has, where they come at any moments: what comes behind a silence is written at once, and what
 * comes within the pace behind a write waits for the next. From write to write it is the pace, or longer where nothing
 * comes: E[max(pace, first event)] = pace + e^(-rate · pace) / rate.
 */
export function eventsPerWrite({ events, seconds }: Pick<KindOfJob, 'events' | 'seconds'>): number {
  if (events === 0) return 1;
  const expected = (events / seconds) * PACE_SECONDS;
  return expected + Math.exp(-expected);
}

/** What all of it comes to, each second. */
export interface Flow {
  jobs: number;
  /** Transactions of events, the engine's own included. */
  batches: number;
  events: number;
  /** Transactions that notify. */
  notifications: number;
  /** Writes that a gateway reads back, each for those who follow there. */
  reads: number;
  /** Events, prepared on each gateway where somebody follows. */
  prepared: number;
  messages: number;
  /** Jobs that run at a time. */
  running: number;
  followers: number;
}

export function flowOf({ kinds, gateways, idleFollowers }: System): Flow {
  const flow: Flow = {
    jobs: 0,
    batches: 0,
    events: 0,
    notifications: 0,
    reads: 0,
    prepared: 0,
    messages: 0,
    running: 0,
    followers: idleFollowers,
  };
  for (const kind of kinds) {
    const { perSecond, events, seconds, followers } = kind;
    const batches = events / eventsPerWrite(kind);
    const where = Math.min(followers, gateways);
    flow.jobs += perSecond;
    flow.batches += perSecond * batches;
    flow.events += perSecond * events;
    flow.notifications += perSecond * (OWN_WRITES + batches);
    flow.reads += perSecond * (OWN_WRITES + batches) * where;
    flow.prepared += perSecond * (OWN_EVENTS + events) * where;
    flow.messages += perSecond * (OWN_EVENTS + events) * followers;
    flow.running += perSecond * seconds;
    flow.followers += perSecond * seconds * followers;
  }
  return flow;
}
