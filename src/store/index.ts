/**
 * Store: Postgres, embedded (PGlite) or a server's, behind one typed Kysely instance.
 * It knows tables, migrations and connections; it never hears of jobs or of anything above.
 */
export { storeExists } from './existing.ts';
export { isUnavailable } from './failures.ts';
export { json, jsonText, storable } from './json.ts';
export { DataDirectoryInUseError } from './lock.ts';
export { isStoreLost } from './lost.ts';
export { openStore } from './open.ts';
export type { Listener, Store, StoreSettings } from './store.ts';
export type { Db, Tables, Trx } from './tables.ts';
