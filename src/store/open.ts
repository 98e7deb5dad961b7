import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';
import type { Store, StoreSettings } from './store.ts';

/**
 * Opens the database and brings its tables up to date.
 *
 * @throws {DataDirectoryInUseError} Another process has the embedded database open.
 */
export function openStore(settings: StoreSettings): Promise<Store> {
  const { databaseUrl } = settings;
  return databaseUrl ? openServer({ ...settings, databaseUrl }) : openEmbedded(settings);
}
