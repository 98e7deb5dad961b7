/** How fast queued jobs are taken up and ended, by one process and by two; beside the queue below them alone. */
import { compared, type Line, type Measurement, takingTurns } from './harness.ts';
import { ServerProcess } from './processes.ts';
import { type Database, eachStore } from './stores.ts';

const JOBS = 500;
const TICKETS_AT_ONCE = 100;

export const drain: Measurement = {
  name: 'drain',
  async measure({ rounds, share }) {
    const lines: Line[] = [];
    for await (const database of eachStore())
      lines.push(...(await draining(database, rounds, Math.round(JOBS * share))));
    return lines;
  },
};

async function draining(database: Database, rounds: number, jobs: number): Promise<Line[]> {
  await using running = new AsyncDisposableStack();
  const start = async () => running.use(await startWorker(database));
  const first = await start();
  // The embedded database has one process.
  const workers = database.name === 'PGlite' ? [first] : [first, await start()];

  const bare = (atOnce: number) => async () =>
    (await first.ask<{ perSecond: number }>({ do: 'bare', count: jobs, atOnce })).perSecond;
  const results = await takingTurns(rounds, {
    'pg-boss alone, one by one': bare(1),
    [`pg-boss alone, ${TICKETS_AT_ONCE} at once`]: bare(TICKETS_AT_ONCE),
    'Signalbox, one process': () => drainedBy([first], jobs),
    ...(workers.length > 1 && { 'Signalbox, two processes': () => drainedBy(workers, jobs) }),
  });
  return compared(`queued jobs ended per second, ${database.name}`, '/s', results);
}

const startWorker = ({ environment }: Database): Promise<ServerProcess> =>
  ServerProcess.start(new URL('./servers/worker.ts', import.meta.url), { environment });

/** Jobs per second, from when the first was taken up until the last had ended. */
async function drainedBy(workers: ServerProcess[], count: number): Promise<number> {
  const [first] = workers;
  const { since } = await first!.ask<{ since: string }>({ do: 'queue', count });
  await Promise.all(workers.map((worker) => worker.ask({ do: 'work' })));
  const { perSecond } = await first!.ask<{ perSecond: number }>({ do: 'drained', since });
  await Promise.all(workers.map((worker) => worker.ask({ do: 'rest' })));
  return perSecond;
}
