/** Prints the KiB of heap that each of so many requests' clients keeps: one for each, or one shared. */
import { Clients } from '../../src/services/models/clients.ts';
import { type ConnectionSettings, OpenAiConnection } from '../../src/services/models/openai.ts';

const [, , how, count] = process.argv;
const settings: ConnectionSettings = { apiKey: 'none', baseUrl: 'http://127.0.0.1:9/v1', api: 'auto' };
const shared = new Clients<ConnectionSettings, OpenAiConnection>(
  async (given) => new OpenAiConnection(given),
);
const client = async () => (how === 'each' ? new OpenAiConnection(settings) : shared.get(settings));

const heap = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
// Whatever is compiled or cached at the first use is there already.
const kept: unknown[] = [await client()];
const before = heap();
for (let request = 1; request < Number(count); request += 1) kept.push(await client());
const grown = heap() - before;
console.log(Math.max(0, grown) / 1_024 / (kept.length - 1));
