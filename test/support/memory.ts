import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** Lets go of what nobody holds any more; buffers follow a turn later. */
export const collect = runInNewContext('gc') as () => void;

/** Bytes that are in use once what can be collected is, buffers outside of the heap included. */
export async function memoryInUse(): Promise<NodeJS.MemoryUsage> {
  for (let time = 0; time < 3; time++) {
    collect();
    await new Promise(setImmediate);
  }
  return process.memoryUsage();
}
