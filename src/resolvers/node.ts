import { prefixOf } from '../ids.ts';
import type { Context } from './context.ts';
import { typeNameOf as jobTypeNameOf } from './job.ts';

type Thing = { id: string };

const load: Record<string, (context: Context, id: string) => Promise<Thing | null>> = {
  session: ({ load }, id) => load.visitedSession.load(id),
  dataset: ({ load }, id) => load.dataset.load(id),
  job: ({ load }, id) => load.job.load(id),
  graph: ({ load }, id) => load.graph.load(id),
  comparison: ({ load }, id) => load.comparison.load(id),
  task: ({ load }, id) => load.task.load(id),
};

export const node = async (_: unknown, { id }: { id: string }, context: Context): Promise<Thing | null> =>
  (await load[prefixOf(id) ?? '']?.(context, id)) ?? null;

const TYPE_NAMES: Record<string, string> = {
  session: 'Session',
  dataset: 'Dataset',
  graph: 'DependencyGraph',
  comparison: 'ShadowComparison',
  task: 'MigrationTask',
};

export const typeNameOf = (thing: Thing): string =>
  TYPE_NAMES[prefixOf(thing.id) ?? ''] ?? jobTypeNameOf(thing as Thing & { kind: string });
