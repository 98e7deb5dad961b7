/** A process that opens a store, says so, and holds it until it is killed or its input ends. */
import { pino } from 'pino';
import { openStore } from '../../src/store/index.ts';

const orders = JSON.parse(process.argv[2] ?? '') as { dataDir?: string; databaseUrl?: string };
try {
  const store = await openStore({ dataDir: '', ...orders, connections: 2, log: pino({ level: 'silent' }) });
  process.stdout.write(`open ${store.schemaVersion}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(`refused ${String(error)}\n`);
}
