import DataLoader from 'dataloader';
import type { Job } from '../jobs/index.ts';
import type { Dataset, Services, Session, Viewer } from '../services/index.ts';

/** What the gateway says of itself. */
export interface About {
  version: string;
  startedAt: Date;
  now: () => Date;
  store: { kind: string; version: () => Promise<string>; schemaVersion: string };
}

/** What a resolver has at hand. */
export interface Context extends Services {
  viewer: Viewer;
  about: About;
  /** Fires when the operation's client is gone. */
  signal: AbortSignal;
  /** Things by id, those of one turn in one query. Null: not there, or not the viewer's. */
  load: Loaders;
}

interface Loaders {
  job: DataLoader<string, Job | null>;
  session: DataLoader<string, Session | null>;
  dataset: DataLoader<string, Dataset | null>;
}

export function createContext(
  services: Services,
  about: About,
  { viewer, signal }: { viewer: Viewer; signal: AbortSignal },
): Context {
  const { jobs, sessions, datasets } = services;
  return {
    ...services,
    viewer,
    about,
    signal,
    load: {
      job: new DataLoader(async (ids) => inOrder(ids, await jobs.findMany(viewer.owner, ids)), UNCACHED),
      session: new DataLoader(async (ids) => inOrder(ids, await sessions.findMany(viewer, ids)), UNCACHED),
      dataset: new DataLoader(async (ids) => inOrder(ids, await datasets.findMany(viewer, ids)), UNCACHED),
    },
  };
}

/** A subscription's context lives long, and what it loads changes meanwhile: gather, but keep nothing. */
const UNCACHED = { cache: false, maxBatchSize: 500 };

function inOrder<Thing extends { id: string }>(ids: readonly string[], things: Thing[]): (Thing | null)[] {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return ids.map((id) => byId.get(id) ?? null);
}
