import { readFileSync } from 'node:fs';
import { inject } from 'vitest';
import { openEmbedded } from '../../src/store/embedded.ts';
import { silent } from './stores.ts';

/** Puts the prepared database into a data directory: a tenth of what making one takes. */
export async function seed(dataDir: string): Promise<void> {
  const store = await openEmbedded({ dataDir, log: silent }, new Blob([readFileSync(inject('image'))]));
  await store.close();
}
