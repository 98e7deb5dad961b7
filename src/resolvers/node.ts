import { prefixOf } from '../ids.ts';
import type { Context } from './context.ts';
import { typeNameOf as jobTypeNameOf } from './job.ts';

type Thing = { id: string };

const load: Record<string, (context: Context, id: string) => Promise<Thing | null>> = {
  session: ({ sessions, viewer }, id) => sessions.find(viewer, id),
  dataset: ({ load }, id) => load.dataset.load(id),
  job: ({ load }, id) => load.job.load(id),
};

export const node = async (_: unknown, { id }: { id: string }, context: Context): Promise<Thing | null> =>
  (await load[prefixOf(id) ?? '']?.(context, id)) ?? null;

export function typeNameOf(thing: Thing): string {
  if (prefixOf(thing.id) === 'session') return 'Session';
  return 'kind' in thing ? jobTypeNameOf(thing as { kind: string }) : 'Dataset';
}
