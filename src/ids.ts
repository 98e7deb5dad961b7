import { typeid } from 'typeid-js';

/** What an id is of: its letters before the underscore. The rest is a UUIDv7, so ids sort by age. */
export type IdPrefix = 'session' | 'dataset' | 'job' | 'graph' | 'comparison' | 'task' | 'error' | 'worker';

/** @example newId('job') // job_01m9x2k3v8e5tqf0h6w7c4b1zr */
export const newId = (prefix: IdPrefix): string => typeid(prefix).toString();

/** Null where the id is none of ours. */
export function prefixOf(id: string): IdPrefix | null {
  return (ID.exec(id)?.[1] as IdPrefix | undefined) ?? null;
}

const ID = /^(session|dataset|job|graph|comparison|task|error|worker)_[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** False for text that can be no id, and that a database should not be asked about: it may hold a NUL, or a novel. */
export const couldBeId = (text: string): boolean => /^[a-z]+_[\w-]{1,64}$/.test(text);
