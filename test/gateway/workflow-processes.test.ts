import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, type Signalbox, type ThreadStatus, unwrap } from '../../sdk/index.ts';
import type { Store } from '../../src/store/index.ts';
import { Command } from '../cli/command.ts';
import { configured } from '../support/background.ts';
import { complete, type ResponsesProvider, startResponsesProvider } from '../support/responses-provider.ts';
import { createOnServer } from '../support/stores.ts';
import {
  begin,
  type Definition,
  edge,
  expectSound,
  failing,
  question,
  stateOf,
  statusesOf,
  story,
  transform,
  until,
} from './workflow-world.ts';

const WORKERS = 4;
const policies = ['BEST_EFFORT', 'STRICT', 'ADAPTIVE'] as const;
const types = ['SEQUENTIAL', 'DATA_FLOW', 'CONDITIONAL', 'PARALLEL'] as const;

const directory = mkdtempSync(join(tmpdir(), 'signalbox-workflows-'));
let provider: ResponsesProvider;
let database: Awaited<ReturnType<typeof createOnServer>>;
let store: Store;
let gateway: Command;
let workers: Command[];
let signalbox: Signalbox;

/** A process as `signalbox serve` starts it. */
function serve(role: 'gateway' | 'worker'): Command {
  return new Command(['serve'], {
    ...configured(provider),
    ROLE: role,
    PORT: '0',
    LOG_LEVEL: 'warn',
    DATABASE_URL: database.url,
    DATA_DIR: directory,
  });
}

async function startGateway(): Promise<void> {
  gateway = serve('gateway');
  signalbox = connect(await gateway.says(/Signalbox answers at (\S+)/));
}

async function startWorkers(count: number): Promise<Command[]> {
  const started = Array.from({ length: count }, () => serve('worker'));
  await Promise.all(started.map((worker) => worker.says(/Signalbox works/)));
  return started;
}

describe.skipIf(inject('servers').postgres === null)('runs on four workers (Postgres)', () => {
  beforeAll(async () => {
    // What begins with `hold` is answered when the test says so.
    provider = await startResponsesProvider({
      answers: (text) => (text.startsWith('hold') ? undefined : `On ${text}: yes.`),
    });
    database = await createOnServer();
    store = await database.open();
    await startGateway();
    workers = await startWorkers(WORKERS);
  }, 180_000);
  afterAll(async () => {
    await Promise.all([gateway, ...workers].map((process) => process[Symbol.asyncDispose]()));
    await store.close();
    await database.drop();
    await provider[Symbol.asyncDispose]();
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  /** The most jobs of the run that were taken up at one time: by the database's own record of them, not by ours. */
  async function mostAtOnce(runId: string): Promise<{ atOnce: number; workers: number }> {
    const jobs = await store.db
      .selectFrom('jobs')
      .select(['started_at', 'finished_at'])
      .where('parent_id', '=', runId)
      .where('started_at', 'is not', null)
      .execute();
    const moments = jobs.flatMap(({ started_at, finished_at }) => [
      { at: started_at!.getTime(), by: 1 },
      { at: finished_at!.getTime(), by: -1 },
    ]);
    let running = 0;
    let atOnce = 0;
    // What ends in the millisecond in which another begins made way for it.
    for (const { by } of moments.sort((a, b) => a.at - b.at || a.by - b.by)) {
      running += by;
      atOnce = Math.max(atOnce, running);
    }
    return { atOnce, workers: jobs.length };
  }

  /** Background tasks of the run that the provider works on, as far as we know. */
  async function accepted(runId: string): Promise<number> {
    const steps = await store.db
      .selectFrom('job_steps')
      .innerJoin('jobs', 'jobs.id', 'job_steps.job_id')
      .select('job_steps.job_id')
      .where('jobs.parent_id', '=', runId)
      .where('jobs.finished_at', 'is', null)
      .where('job_steps.name', '=', 'create')
      .execute();
    const held = await Promise.all(steps.map(({ job_id }) => signalbox.backgroundTask(job_id)));
    return held.filter((task) => task?.question.startsWith('hold')).length;
  }

  it('keep the order, the bound and the count of random graphs, whatever the policy', async () => {
    let jobs = 0;
    await fc.assert(
      fc.asyncProperty(graphs, async (definition) => {
        const { id } = await begin(signalbox, definition);
        const tried = new Set<string>();
        const changes = await story(signalbox, id, async ({ thread, status }) => {
          if (status !== 'WAITING') return;
          // It fails again, and waits again: then it is skipped.
          const resolution = tried.has(thread) ? 'SKIP' : 'RETRY';
          tried.add(thread);
          unwrap(await signalbox.resolveThreadFailure({ workflowId: id, thread, resolution }));
        });
        const run = await stateOf(signalbox, id);
        expectSound(definition, changes, run);
        const measured = await mostAtOnce(id);
        expect(measured.atOnce).toBeLessThanOrEqual(definition.maxParallelThreads ?? 5);
        jobs += measured.workers;

        const expected = outcomeOf(definition);
        const fails = Object.values(expected).includes('FAILED');
        expect(run.status).toBe(definition.policy === 'STRICT' && fails ? 'FAILED' : 'COMPLETED');
        if (definition.policy === 'BEST_EFFORT' || !fails) expect(statusesOf(run)).toEqual(expected);
      }),
      { numRuns: 8, seed: 4, endOnFailure: true },
    );
    expect(jobs).toBeGreaterThan(10);
  }, 120_000);

  it('use every place that a graph allows, and no more', async () => {
    const threads = Array.from({ length: 9 }, (_, n) => question(`t${n}`, `hold ${n}`));
    const definition = { threads, dependencies: [], maxParallelThreads: 3 };
    const { id } = await begin(signalbox, definition);
    const held = () => provider.responses.filter(({ status }) => status === 'queued');
    const told = story(signalbox, id);
    for (let done = 0; done < 9; done += 3) {
      await expect.poll(() => held().length).toBe(3);
      const running = await store.db
        .selectFrom('thread_runs')
        .select('name')
        .where('run_id', '=', id)
        .where('status', '=', 'RUNNING')
        .execute();
      expect(running).toHaveLength(3);
      for (const response of held()) complete(response, 'Held long enough.');
    }
    expectSound(definition, await told, await stateOf(signalbox, id));
    expect((await mostAtOnce(id)).atOnce).toBe(3);
  }, 60_000);

  it('complete although workers and the gateway are killed, each thread once', async () => {
    const layers = 3;
    const width = 4;
    const names = (layer: number) => Array.from({ length: width }, (_, n) => `l${layer}n${n}`);
    const definition: Definition = {
      threads: [
        ...Array.from({ length: layers }, (_, layer) => names(layer))
          .flat()
          .map((name) => question(name, name.startsWith('l1') ? `hold ${name}` : name)),
        transform('sum', 'size(inputs)'),
      ],
      dependencies: [
        ...[0, 1].flatMap((layer) =>
          names(layer).flatMap((source, n) =>
            [n, (n + 1) % width].map((to) => edge(source, names(layer + 1)[to]!)),
          ),
        ),
        ...names(2).map((source) =>
          edge(source, 'sum', { type: 'DATA_FLOW', transform: `{'${source}': output}` }),
        ),
      ],
      maxParallelThreads: width,
    };
    const { id } = await begin(signalbox, definition);
    // In the first layer: whatever they are at.
    await until(signalbox, id, 'l0n0', 'RUNNING');
    const [first, second, ...others] = workers;
    await first![Symbol.asyncDispose]();
    // In the second layer: the provider is at work, and its acceptance is stored.
    await expect.poll(() => accepted(id), { timeout: 120_000 }).toBe(width);
    await Promise.all([second![Symbol.asyncDispose](), gateway[Symbol.asyncDispose]()]);
    for (const name of names(1))
      for (const response of provider.about(`hold ${name}`)) complete(response, 'Held.');
    const [fresh] = await Promise.all([startWorkers(2), startGateway()]);
    workers = [...others, ...fresh];

    const changes = await story(signalbox, id);
    const run = await stateOf(signalbox, id);
    expect(run.status).toBe('COMPLETED');
    expectSound(definition, changes, run);
    const completed = changes.filter(({ status }) => status === 'COMPLETED').map(({ thread }) => thread);
    expect(completed.sort()).toEqual(definition.threads.map(({ name }) => name).sort());
    expect(run.threads.at(-1)?.output).toBe(width);
    // Nobody paid for an answer twice where the provider's acceptance was known.
    for (const name of names(1)) expect(provider.about(`hold ${name}`)).toHaveLength(1);
  }, 240_000);
});

/** Threads of two kinds, some of which fail; dependencies of all types, forwards only. */
const graphs: fc.Arbitrary<Definition & { policy: (typeof policies)[number] }> = fc
  .integer({ min: 3, max: 14 })
  .chain((size) =>
    fc.record({
      kinds: fc.array(fc.constantFrom('task', 'task', 'transform', 'failing'), {
        minLength: size,
        maxLength: size,
      }),
      joins: fc.array(fc.constantFrom('ALL' as const, 'ALL' as const, 'ANY' as const), {
        minLength: size,
        maxLength: size,
      }),
      edges: fc.uniqueArray(
        fc.record({
          from: fc.integer({ min: 0, max: size - 2 }),
          by: fc.integer({ min: 1, max: size }),
          type: fc.constantFrom(...types),
          holds: fc.constantFrom(true, true, false),
        }),
        { maxLength: 2 * size, selector: ({ from, by }) => `${from} ${by}` },
      ),
      policy: fc.constantFrom(...policies),
      maxParallelThreads: fc.integer({ min: 1, max: 4 }),
    }),
  )
  .map(({ kinds, joins, edges, policy, maxParallelThreads }) => ({
    policy,
    maxParallelThreads,
    retryDelayMs: 0,
    threads: kinds.map((kind, n) => {
      const join = joins[n]!;
      if (kind === 'task') return question(`t${n}`, `question ${n}`, { join });
      return kind === 'failing' ? failing(`t${n}`, { join }) : transform(`t${n}`, `{'n${n}': 1}`, { join });
    }),
    dependencies: edges
      .filter(({ from, by }) => from + by < kinds.length)
      .map(({ from, by, type, holds }) =>
        edge(`t${from}`, `t${from + by}`, {
          type,
          ...(type === 'CONDITIONAL' && { condition: String(holds) }),
        }),
      ),
  }));

/** What the rules say becomes of each thread where no failure stops the run. */
function outcomeOf({ threads, dependencies }: Definition): Record<string, ThreadStatus> {
  const outcome: Record<string, ThreadStatus> = {};
  for (const { name, join, input } of threads) {
    const incoming = dependencies.filter(({ target, type }) => target === name && type !== 'PARALLEL');
    const satisfied = incoming.map(
      ({ source, condition }) => outcome[source] === 'COMPLETED' && condition !== 'false',
    );
    const runs =
      join === 'ANY' ? satisfied.length === 0 || satisfied.some(Boolean) : satisfied.every(Boolean);
    const fails = (input as { expression?: string }).expression === 'inputs.missing';
    outcome[name] = runs ? (fails ? 'FAILED' : 'COMPLETED') : 'SKIPPED';
  }
  return outcome;
}
