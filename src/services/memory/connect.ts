import { fileURLToPath } from 'node:url';
import { FileLegacyStore } from './file-store.ts';
import { RedisLegacyStore } from './redis-store.ts';
import type { LegacyStore } from './store.ts';

/** Where the legacy application keeps its sessions, and how. */
export interface LegacyStoreSettings {
  /** `redis://…` and `rediss://…` for SESSION_TYPE redis, `file:///folder` for filesystem. */
  url: string;
  /** SESSION_KEY_PREFIX. */
  keyPrefix?: string | undefined;
  /** SESSION_SERIALIZATION_FORMAT, for Redis; `pickle` is for Flask-Session before 0.7. Files are always pickles. */
  format?: 'msgpack' | 'json' | 'pickle' | undefined;
}

export const LEGACY_KEY_PREFIX = 'workplace_roleplay:';

/**
 * Nothing is asked of the store before it is needed.
 *
 * @throws {TypeError} The URL is none of those.
 */
export function connectLegacyStore(
  { url, keyPrefix = LEGACY_KEY_PREFIX, format = 'msgpack' }: LegacyStoreSettings,
  now: () => Date,
): LegacyStore {
  const { protocol } = new URL(url);
  if (protocol === 'redis:' || protocol === 'rediss:')
    return new RedisLegacyStore({ url, keyPrefix, format });
  if (protocol === 'file:') return new FileLegacyStore({ folder: fileURLToPath(url), keyPrefix, now });
  throw new TypeError(`Legacy sessions are in redis:, rediss: or file:, not in ${protocol}`);
}
