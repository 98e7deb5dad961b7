/** The child's first thread: takes one request, owns DuckDB, answers, ends. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Reply, type Request, toFailure } from '../protocol.ts';
import { supervise } from './supervise.ts';

const lines = createInterface({ input: process.stdin });
// This thread never works for long without a pause, so it hears of the parent's end whatever the program,
// the query or the chart is doing on the other threads.
lines.once('close', () => process.kill(process.pid, 'SIGKILL'));
const [line] = (await once(lines, 'line')) as [string];

const reply = await answer(JSON.parse(line)).catch(
  (error: unknown): Reply => ({ failure: toFailure(error) }),
);
process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.kill(process.pid, 'SIGKILL'));

async function answer({ task, limits, datasetLimits, deadline }: Request): Promise<Reply> {
  // DuckDB and the program's thread take 150 ms each to start: they start side by side.
  const { promise: database, resolve } = Promise.withResolvers<import('./duckdb.ts').Database>();
  const program = task.kind === 'run' ? supervise(task.code, database, limits, deadline) : undefined;
  program?.catch(() => {});

  const { openDatabase } = await import('./open-database.ts');
  const db = await openDatabase(task.file, limits, datasetLimits, deadline);
  if (!program) {
    const { profile } = await import('./profile.ts');
    return { profile: await profile(db) };
  }
  resolve(db);
  return { execution: await program };
}
