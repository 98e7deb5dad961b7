import { sql } from 'kysely';
import type { Job } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import { type Summary, summarise } from './coordinating.ts';
import { gather } from './gathering.ts';
import type { Graphs } from './graphs.ts';
import { outputsOfRuns } from './outputs.ts';
import type { ThreadRow } from './records.ts';
import type { WorkflowInput } from './running.ts';
import { isOver } from './states.ts';
import type { ThreadStatus } from './types.ts';

/** A thread in one run, without what it got and gave: both can be large and are read by themselves. */
export interface ThreadRun {
  run: Job;
  name: string;
  status: ThreadStatus;
  reason: string | null;
  attempt: number;
  jobId: string | null;
  /** Sources whose output went into it; null before it started. */
  fedBy: readonly string[] | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

interface Needs {
  db: Db;
  graphs: Graphs;
}

/** Reads what the threads of runs were and are. */
export class ThreadReader {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Of each run, in the order of the graph. */
  async threads(runs: readonly Job[]): Promise<ThreadRun[][]> {
    if (runs.length === 0) return [];
    const rows = await this.#rows(runs);
    const unbegun = runs.filter(({ id }) => !rows.has(id));
    const planned = await this.#notBegun(unbegun);
    return runs.map((run) => rows.get(run.id)?.map((row) => threadOf(run, row)) ?? planned.get(run) ?? []);
  }

  /** Of each run; null before it is over. */
  async summaries(runs: readonly Job[]): Promise<(Summary | null)[]> {
    const over = runs.filter(({ finishedAt }) => finishedAt);
    const threads = await this.threads(over);
    const summaries = new Map(over.map((run, place) => [run, summaryOf(threads[place] ?? [])]));
    return runs.map((run) => summaries.get(run) ?? null);
  }

  /** What threads gave, in their order; null for those that did not COMPLETE. */
  async outputs(threads: readonly ThreadRun[]): Promise<unknown[]> {
    const outputs = await this.#byRun(threads, ({ status, name }) => (status === 'COMPLETED' ? [name] : []));
    return threads.map(({ run, name }) => outputs.get(run.id)?.get(name) ?? null);
  }

  /** What threads were given, in their order; null for those that did not start. Made again from what flowed in. */
  async inputs(threads: readonly ThreadRun[]): Promise<unknown[]> {
    const { db, graphs } = this.#needs;
    const started = threads.filter(({ fedBy }) => fedBy);
    const [sources, compiled] = await Promise.all([
      this.#byRun(started, ({ fedBy }) => fedBy ?? []),
      graphs.compiledMany(
        db,
        started.map(({ run }) => inputOf(run).graphId),
      ),
    ]);
    return threads.map(({ run, name, fedBy }) => {
      if (!fedBy) return null;
      const all = sources.get(run.id);
      const { graphId, input } = inputOf(run);
      const outputs = new Map(fedBy.map((source) => [source, all?.get(source)]));
      const graph = compiled.get(graphId);
      const gathered = graph && gather(graph, name, { input, outputs });
      return gathered && 'input' in gathered ? gathered.input : null;
    });
  }

  /** The outputs of the named threads, by run and name; in one statement. */
  #byRun(
    threads: readonly ThreadRun[],
    namesOf: (thread: ThreadRun) => readonly string[],
  ): Promise<Map<string, Map<string, unknown>>> {
    const wanted = threads.flatMap((thread) =>
      namesOf(thread).map((name) => [`${thread.run.id} ${name}`, { runId: thread.run.id, name }] as const),
    );
    return outputsOfRuns(this.#needs.db, [...new Map(wanted).values()]);
  }

  /** By run; those without any are missing. */
  async #rows(runs: readonly Job[]): Promise<Map<string, ReadRow[]>> {
    const { rows } = await sql<ReadRow>`
      select run_id, name, status, reason, attempt, job_id, fed_by, started_at, finished_at
      from thread_runs where run_id = any (${[...new Set(runs.map(({ id }) => id))]}::text[])
      order by run_id, position
    `.execute(this.#needs.db);
    return Map.groupBy(rows, ({ run_id }) => run_id);
  }

  /** A run that has not had its first turn has no rows yet; one that was cancelled before never gets any. */
  async #notBegun(runs: readonly Job[]): Promise<Map<Job, ThreadRun[]>> {
    const { db, graphs } = this.#needs;
    const compiled = await graphs.compiledMany(
      db,
      runs.map((run) => inputOf(run).graphId),
    );
    return new Map(
      runs.map((run) => {
        const threads = compiled.get(inputOf(run).graphId)?.threads ?? [];
        return [run, threads.map(({ definition: { name } }) => unbegun(run, name))];
      }),
    );
  }
}

type ReadRow = Omit<ThreadRow, 'output' | 'state'>;

const inputOf = (run: Job) => run.input as WorkflowInput;

const summaryOf = (threads: readonly ThreadRun[]): Summary =>
  summarise(threads.map((thread) => ({ ...thread, started: thread.attempt > 0 })));

const threadOf = (run: Job, row: ReadRow): ThreadRun => ({
  run,
  name: row.name,
  status: row.status as ThreadStatus,
  reason: row.reason,
  attempt: row.attempt,
  jobId: row.job_id,
  fedBy: row.fed_by as string[] | null,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

function unbegun(run: Job, name: string): ThreadRun {
  const status = isOver(run.status as ThreadStatus) ? 'CANCELLED' : 'PENDING';
  return {
    run,
    name,
    status,
    reason: status === 'CANCELLED' ? 'the run was cancelled' : null,
    attempt: 0,
    jobId: null,
    fedBy: null,
    startedAt: null,
    finishedAt: run.finishedAt,
  };
}
