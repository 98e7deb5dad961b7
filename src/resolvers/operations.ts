import type { Context } from './context.ts';
import { pageSize } from './limits.ts';

export interface DiagnosticsView {
  version: string;
  uptimeSeconds: number;
  memoryBytes: number;
}

export interface StoreView {
  kind: string;
  version: string;
  schemaVersion: string;
}

export interface CacheView {
  hits: number;
  misses: number;
  maxSize: number;
  currentSize: number;
}

export interface QueueView {
  name: string;
  waiting: number;
  active: number;
  failed: number;
}

export const diagnostics = (_: unknown, __: unknown, { about }: Context): DiagnosticsView => ({
  version: about.version,
  uptimeSeconds: (about.now().getTime() - about.startedAt.getTime()) / 1_000,
  memoryBytes: process.memoryUsage.rss(),
});

export const store = async (_: DiagnosticsView, __: unknown, { about }: Context): Promise<StoreView> => ({
  kind: about.store.kind,
  version: await about.store.version(),
  schemaVersion: about.store.schemaVersion,
});

export const queues = async (_: DiagnosticsView, __: unknown, { jobs }: Context): Promise<QueueView[]> =>
  (await jobs.load()).map(({ kind, ...counts }) => ({ name: kind, ...counts }));

export const modelClients = (_: DiagnosticsView, __: unknown, { models }: Context): CacheView =>
  models.cacheInfo();

export const subscribers = (_: DiagnosticsView, __: unknown, { jobs }: Context) => jobs.subscribers;

export function undeliveredErrors(_: unknown, { first }: { first: number }, { jobs, viewer }: Context) {
  pageSize(first, 1_000);
  return jobs.undelivered.list(viewer.owner, first);
}

export const clearUndeliveredErrors = (_: unknown, __: unknown, { jobs, viewer }: Context) =>
  jobs.undelivered.clear(viewer.owner);
