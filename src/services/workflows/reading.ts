import { setImmediate as breathe } from 'node:timers/promises';
import { sql } from 'kysely';
import { DomainError } from '../../errors.ts';
import type { Job } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import { type Summary, summarise } from './coordinating.ts';
import { gather, wants } from './gathering.ts';
import type { Graphs } from './graphs.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { type Asked, outputsOfRuns } from './outputs.ts';
import type { ThreadRow } from './records.ts';
import type { WorkflowInput } from './running.ts';
import { isOver } from './states.ts';
import type { ThreadStatus } from './types.ts';

/** Threads whose outputs are read at a time. */
const READ_AT_ONCE = 50;
/** After so long all else has its turn. */
const BREATH_MS = 20;

type Source = readonly [name: string, whole: boolean];

/** What was asked for is too much to be read at once; the rest of the answer is there. */
export class ThreadsTooLargeError extends DomainError {
  readonly code = 'QUERY_TOO_LARGE';

  constructor() {
    super(
      `This thread and those before it have more than the ${GRAPH_LIMITS.readLength} characters, or of the ` +
        `${GRAPH_LIMITS.readMs} ms, that one request may read of inputs or outputs. Ask for those of fewer threads.`,
    );
  }
}

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
  outputs(threads: readonly ThreadRun[]): Promise<(unknown | ThreadsTooLargeError)[]> {
    return this.#each(
      threads,
      ({ status, name }) => (status === 'COMPLETED' ? [[name, true]] : []),
      ({ name }, outputs) => outputs.get(name) ?? null,
      // As large as an output may be.
      Number.MAX_SAFE_INTEGER,
    );
  }

  /**
   * What threads were given, in their order; null for those that did not start. Made again from what flowed in: null,
   * too, where some of that is there no longer.
   */
  async inputs(threads: readonly ThreadRun[]): Promise<(unknown | ThreadsTooLargeError)[]> {
    const { db, graphs } = this.#needs;
    const started = threads.filter(({ fedBy }) => fedBy);
    const compiled = await graphs.compiledMany(
      db,
      started.map(({ run }) => inputOf(run).graphId),
    );
    return this.#each(
      threads,
      ({ run, name, fedBy }) => {
        const graph = compiled.get(inputOf(run).graphId);
        const wanted = graph && wants(graph.thread(name));
        return (fedBy ?? []).map((source) => [source, !!wanted?.has(source)]);
      },
      ({ run, name, fedBy }, outputs) => {
        if (!fedBy?.every((source) => outputs.has(source))) return null;
        const { graphId, input } = inputOf(run);
        const graph = compiled.get(graphId);
        const gathered = graph && gather(graph, name, { input, outputs });
        return gathered && 'input' in gathered ? gathered.input : null;
      },
    );
  }

  /**
   * Makes something of each thread and of outputs, a few at a time: all of a large graph's would not fit into memory.
   *
   * @param sourcesOf Threads of its run whose outputs it is made of, each with whether it is not enough that there is one.
   * @param alone Bytes of outputs that are read for one thread.
   */
  async #each(
    threads: readonly ThreadRun[],
    sourcesOf: (thread: ThreadRun) => readonly Source[],
    make: (thread: ThreadRun, outputs: ReadonlyMap<string, unknown>) => unknown,
    alone?: number,
  ): Promise<unknown[]> {
    const made: unknown[] = [];
    let lengthLeft: number = GRAPH_LIMITS.readLength;
    let msLeft: number = GRAPH_LIMITS.readMs;
    for (let at = 0; at < threads.length; at += READ_AT_ONCE) {
      const some = threads.slice(at, at + READ_AT_ONCE);
      const isOpen = () => lengthLeft > 0 && msLeft > 0;
      const together = isOpen() ? await this.#sources(some, sourcesOf) : null;
      for (const thread of some) {
        const sources = isOpen() ? (together ?? (await this.#sources([thread], sourcesOf, alone))) : null;
        if (!sources) {
          made.push(new ThreadsTooLargeError());
          continue;
        }
        const began = performance.now();
        const value = make(thread, sources.get(thread.run.id) ?? new Map());
        lengthLeft -= JSON.stringify(value).length;
        msLeft -= performance.now() - began;
        made.push(lengthLeft < 0 ? new ThreadsTooLargeError() : value);
        if (performance.now() - began > BREATH_MS) await breathe();
      }
    }
    return made;
  }

  /** By run and name, in one statement; null where they are too much to be read together. */
  #sources(
    threads: readonly ThreadRun[],
    sourcesOf: (thread: ThreadRun) => readonly Source[],
    most?: number,
  ): Promise<Map<string, Map<string, unknown>> | null> {
    const asked = new Map<string, Asked>();
    for (const thread of threads)
      for (const [name, whole] of sourcesOf(thread)) {
        const key = `${thread.run.id} ${name}`;
        if (whole || !asked.has(key)) asked.set(key, { runId: thread.run.id, name, whole });
      }
    return outputsOfRuns(this.#needs.db, [...asked.values()], most);
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
  const why = run.status === 'CANCELLED' ? 'the run was cancelled' : 'the run could not be coordinated';
  return {
    run,
    name,
    status,
    reason: status === 'CANCELLED' ? why : null,
    attempt: 0,
    jobId: null,
    fedBy: null,
    startedAt: null,
    finishedAt: run.finishedAt,
  };
}
