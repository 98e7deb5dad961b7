/**
 * A process with an engine of its own, for what only a process can do: die. Its argument says what to do, as JSON;
 * each line it prints is one fact, and SIGTERM lets it end in good order.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createEngine, type JobKind, type Run } from '../../src/jobs/index.ts';
import { openStore } from '../../src/store/index.ts';

export interface Orders {
  dataDir?: string;
  databaseUrl?: string;
  /** File that says, line by line, what was executed. */
  diary: string;
  /** Inputs of jobs to start at once. */
  start?: Input[];
  /** Starts jobs one after another until it is killed, and prints the id of each that was acknowledged. */
  startForEver?: boolean;
  /** Leaves when no job is unfinished. */
  leaveWhenDone?: boolean;
}

export interface Input {
  do: 'steps' | 'wait';
  /** Where the process kills itself, once: `inside 2`, `behind 2`; `always` dies in every attempt. */
  dies?: string;
}

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const say = (fact: string) => process.stdout.write(`${fact}\n`);
const write = (line: string) => appendFileSync(orders.diary, `${line}\n`);
const diary = () => readFileSync(orders.diary, 'utf8').split('\n');

const work: Record<Input['do'], (run: Run<Input>) => Promise<unknown>> = {
  async steps(run) {
    const { id } = run.job;
    const dieAt = (point: string) => {
      if (run.input.dies !== point && run.input.dies !== 'always') return;
      if (run.input.dies !== 'always' && diary().includes(`${id} dies`)) return;
      write(`${id} dies`);
      process.kill(process.pid, 'SIGKILL');
    };
    const outputs: number[] = [];
    for (const step of [1, 2]) {
      outputs.push(
        await run.step(`step ${step}`, async () => {
          write(`${id} executes ${step}`);
          await run.text('thoughts', `Thinking about ${step}. `);
          dieAt(`inside ${step}`);
          return 10 * step;
        }),
      );
      dieAt(`behind ${step}`);
    }
    return outputs;
  },
  async wait(run) {
    await run.step('prepare', async () => write(`${run.job.id} prepares`));
    say(`running ${run.job.id}`);
    return new Promise((_, reject) => {
      run.signal.addEventListener('abort', () => reject(run.signal.reason));
    });
  },
};

const log = pino({ level: process.env.TEST_LOG ?? 'silent' }, pino.destination(2));
const store = await openStore({
  dataDir: orders.dataDir ?? '',
  ...(orders.databaseUrl ? { databaseUrl: orders.databaseUrl } : {}),
  connections: 5,
  log,
});
const kind: JobKind<Input> = {
  kind: 'SCRIPT',
  concurrency: 1,
  timeoutMs: 60_000,
  work: (run) => work[run.input.do](run),
};
const engine = createEngine({
  store,
  log,
  works: true,
  heartbeatMs: 150,
  deadAfterMs: 700,
  kinds: () => [kind as JobKind<never>],
});
process.once('SIGTERM', leave);

const start = (inputs: Input[]) =>
  store.db.transaction().execute(async (trx) => {
    const ids: string[] = [];
    for (const input of inputs)
      ids.push((await engine.jobs.start(trx, { kind: 'SCRIPT', owner: 'ada', input })).id);
    return ids;
  });
await engine.start();
say('ready');
for (const id of await start(orders.start ?? [])) say(`started ${id}`);
while (orders.startForEver) for (const id of await start([{ do: 'steps' }])) say(`started ${id}`);
while (orders.leaveWhenDone) {
  const unfinished = await store.db
    .selectFrom('jobs')
    .select('id')
    .where('finished_at', 'is', null)
    .execute();
  if (unfinished.length === 0) await leave();
  await delay(50);
}

async function leave(): Promise<never> {
  await engine.stop();
  await store.close();
  process.exit(0);
}
