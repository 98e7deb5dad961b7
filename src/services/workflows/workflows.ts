import { type Selectable, sql } from 'kysely';
import { InvalidInputError, InvalidStateError, NotFoundError } from '../../errors.ts';
import { couldBeId, newId } from '../../ids.ts';
import type { BusyPolicy, Job, Jobs } from '../../jobs/index.ts';
import { type Db, json, type Tables } from '../../store/index.ts';
import { type Idempotent, keyed } from '../idempotency.ts';
import { InputCheck } from '../input.ts';
import type { Sessions } from '../sessions.ts';
import type { Viewer } from '../viewer.ts';
import { DependencyGraphError, type GraphProblem } from './errors.ts';
import type { DependencyGraph, Graphs } from './graphs.ts';
import { nestsDeeper } from './json.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { executionOrder } from './order.ts';
import type { ThreadReader } from './reading.ts';
import { type Coordinator, WORKFLOW } from './running.ts';
import type { DependencyType, GraphDefinition, Join, Policy, Resolution, ThreadKind } from './types.ts';

/** Graphs of one session. A bound against runaway clients. */
const GRAPHS_PER_SESSION = 1_000;
/** Characters of JSON of a run's input. */
const LONGEST_INPUT = 1024 * 1024;

type Maybe<Value> = Value | null | undefined;

export interface DefineDependencies {
  sessionId: string;
  threads: {
    name: string;
    kind: ThreadKind;
    input?: unknown;
    inputSchema?: unknown;
    outputSchema?: unknown;
    join: Join;
    timeoutSeconds?: Maybe<number>;
    maxRetries?: Maybe<number>;
  }[];
  dependencies: {
    source: string;
    target: string;
    type: DependencyType;
    condition?: Maybe<string>;
    dataMapping?: Maybe<{ from: string; to: string }[]>;
    transform?: Maybe<string>;
    enabled: boolean;
  }[];
  policy: Policy;
  maxParallelThreads: number;
  threadTimeoutSeconds: number;
  maxRetries: number;
  retryDelayMs: number;
}

export interface StartWorkflow extends Idempotent {
  graphId: string;
  input?: unknown;
  onBusy: BusyPolicy;
}

interface Needs {
  db: Db;
  jobs: Jobs;
  sessions: Sessions;
  graphs: Graphs;
  coordinator: Coordinator;
  reader: ThreadReader;
  now: () => Date;
}

/** Graphs of dependent threads, and their runs. */
export class Workflows {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** What the threads of runs were and are. */
  get reader(): ThreadReader {
    return this.#needs.reader;
  }

  /**
   * Checks a graph whole and keeps it.
   *
   * @throws {DependencyGraphError} Every problem that it has.
   * @throws {InvalidInputError | NotFoundError}
   */
  async define(viewer: Viewer, request: DefineDependencies): Promise<DependencyGraph> {
    const { db, sessions, graphs, now } = this.#needs;
    const definition = definitionOf(request, graphs);

    return db.transaction().execute(async (trx) => {
      const { id: sessionId } = await sessions.use(trx, viewer, request.sessionId);
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count
        from (select from dependency_graphs where session_id = ${sessionId} limit ${GRAPHS_PER_SESSION}) as held
      `.execute(trx);
      if ((rows[0]?.count ?? 0) >= GRAPHS_PER_SESSION)
        throw new InvalidInputError([
          {
            path: 'input.sessionId',
            message: `has ${GRAPHS_PER_SESSION} graphs already; open another session`,
          },
        ]);
      const graph = { id: newId('graph'), sessionId, definition, createdAt: now() };
      await trx
        .insertInto('dependency_graphs')
        .values({
          id: graph.id,
          owner: viewer.owner,
          session_id: sessionId,
          definition: json(definition),
          created_at: graph.createdAt,
        })
        .execute();
      return graph;
    });
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  async findMany(viewer: Viewer, ids: readonly string[]): Promise<DependencyGraph[]> {
    const possible = ids.filter(couldBeId);
    if (possible.length === 0) return [];
    const rows = await this.#needs.db
      .selectFrom('dependency_graphs')
      .selectAll()
      .where('id', 'in', possible)
      .where('owner', '=', viewer.owner)
      .execute();
    return rows.map(toGraph);
  }

  /** Those of sessions, in the order of their definition. */
  async inSessions(sessionIds: readonly string[]): Promise<DependencyGraph[]> {
    if (sessionIds.length === 0) return [];
    const rows = await this.#needs.db
      .selectFrom('dependency_graphs')
      .selectAll()
      .where('session_id', 'in', sessionIds)
      .orderBy('created_at')
      .execute();
    return rows.map(toGraph);
  }

  /** Levels of the topological order. */
  executionOrder(graph: DependencyGraph): readonly (readonly string[])[] {
    return executionOrder(graph.definition);
  }

  /**
   * Accepts a run and returns before its first thread starts.
   *
   * @throws {InvalidInputError | NotFoundError | SessionBusyError | IdempotencyConflictError | RateLimitedError}
   */
  async start(viewer: Viewer, { graphId, input, onBusy, idempotencyKey }: StartWorkflow): Promise<Job> {
    const { db, jobs, sessions } = this.#needs;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    const { valueDepth } = GRAPH_LIMITS;
    new InputCheck()
      .require(isObject, 'input', 'must be an object')
      // Whatever else looks at it goes down into it, and would come to the end of the stack.
      .require(!nestsDeeper(input, valueDepth), 'input', `must nest ${valueDepth} deep at most`)
      .done();
    new InputCheck()
      .require(
        JSON.stringify(input ?? null).length <= LONGEST_INPUT,
        'input',
        `must have at most ${LONGEST_INPUT} characters of JSON`,
      )
      .done();
    const [graph] = await this.findMany(viewer, [graphId]);
    if (!graph) throw new NotFoundError('dependency graph', graphId);

    return db.transaction().execute(async (trx) => {
      await sessions.use(trx, viewer, graph.sessionId);
      const job = await jobs.start(trx, {
        kind: WORKFLOW,
        owner: viewer.owner,
        sessionId: graph.sessionId,
        subject: graphId,
        input: { graphId, input },
        onBusy,
        ...keyed('startWorkflow', idempotencyKey, { graphId, input, onBusy }),
      });
      await trx
        .insertInto('workflow_runs')
        .values({ job_id: job.id, graph_id: graphId, state: json(null), wake_at: null })
        .onConflict((conflict) => conflict.column('job_id').doNothing())
        .execute();
      return job;
    });
  }

  /**
   * Decides what becomes of a thread that is WAITING.
   *
   * @throws {NotFoundError} No such run, or no such thread in it.
   * @throws {InvalidStateError} The thread does not wait.
   */
  async resolve(
    viewer: Viewer,
    { workflowId, thread, resolution }: { workflowId: string; thread: string; resolution: Resolution },
  ): Promise<Job> {
    const { jobs, coordinator } = this.#needs;
    const run = await jobs.get(viewer.owner, workflowId);
    if (run.kind !== WORKFLOW) throw new NotFoundError('workflow', workflowId);
    const taken = await jobs.turn(viewer.owner, workflowId, (turn) =>
      coordinator.resolve(turn, thread, resolution),
    );
    if (!taken) {
      const { status } = await jobs.get(viewer.owner, workflowId);
      throw new InvalidStateError('The run is over.', status);
    }
    return jobs.get(viewer.owner, workflowId);
  }
}

const toGraph = (row: Selectable<Tables['dependency_graphs']>): DependencyGraph => ({
  id: row.id,
  sessionId: row.session_id,
  definition: row.definition as GraphDefinition,
  createdAt: row.created_at,
});

/**
 * The graph, checked whole.
 *
 * @throws {InvalidInputError} With the graph's problems behind its own, so that a client hears of everything at once.
 * @throws {DependencyGraphError}
 */
function definitionOf(request: DefineDependencies, graphs: Graphs): GraphDefinition {
  const check = new InputCheck();
  const definition = filledIn(request, check);
  try {
    graphs.compile(definition);
  } catch (error) {
    if (!(error instanceof DependencyGraphError) || check.issues.length === 0) throw error;
    const problems = error.problems.map((problem) => ({
      path: placeOf(problem, definition),
      message: problem.message,
    }));
    throw new InvalidInputError([...check.issues, ...problems]);
  }
  // A graph that has no threads, but dependencies, was told of each.
  check.require(definition.threads.length > 0, 'threads', 'must name at least one thread').done();
  return definition;
}

/** Where a request has what a problem is about. */
function placeOf({ threads: about }: GraphProblem, { threads, dependencies }: GraphDefinition): string {
  const [first, second = first] = about;
  const thread = about.length === 1 ? threads.findIndex(({ name }) => name === first) : -1;
  if (thread >= 0) return `input.threads.${thread}`;
  const edge = dependencies.findIndex(({ source, target }) =>
    about.length === 1 ? source === first || target === first : source === first && target === second,
  );
  return edge >= 0 ? `input.dependencies.${edge}` : 'input';
}

/** With every default filled in. */
function filledIn(request: DefineDependencies, check: InputCheck): GraphDefinition {
  const { maxParallelThreads, threadTimeoutSeconds, maxRetries, retryDelayMs } = request;
  const within = (path: string, value: number, { min, max }: { min: number; max: number }) =>
    check.require(value >= min && value <= max, path, `must be ${min} to ${max}`);
  within('maxParallelThreads', maxParallelThreads, GRAPH_LIMITS.maxParallelThreads);
  within('threadTimeoutSeconds', threadTimeoutSeconds, GRAPH_LIMITS.timeoutSeconds);
  within('maxRetries', maxRetries, GRAPH_LIMITS.maxRetries);
  within('retryDelayMs', retryDelayMs, GRAPH_LIMITS.retryDelayMs);
  const threads = request.threads.map((thread, index) => {
    const at = `threads.${index}`;
    check.require(
      /^[\w-]+$/.test(thread.name) && thread.name.length <= GRAPH_LIMITS.nameLength,
      `${at}.name`,
      `must be letters, digits, _ and -, at most ${GRAPH_LIMITS.nameLength}`,
    );
    const { input, inputSchema, outputSchema, ...rest } = thread;
    const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
    check.require(isObject, `${at}.input`, 'must be an object');
    const timeoutSeconds = thread.timeoutSeconds ?? threadTimeoutSeconds;
    const retries = thread.maxRetries ?? maxRetries;
    within(`${at}.timeoutSeconds`, timeoutSeconds, GRAPH_LIMITS.timeoutSeconds);
    within(`${at}.maxRetries`, retries, GRAPH_LIMITS.maxRetries);
    return {
      ...rest,
      input: input as Record<string, unknown>,
      ...(inputSchema != null && { inputSchema }),
      ...(outputSchema != null && { outputSchema }),
      timeoutSeconds,
      maxRetries: retries,
    };
  });
  return {
    threads,
    dependencies: request.dependencies.map(({ condition, dataMapping, transform, ...dependency }) => ({
      ...dependency,
      condition: condition ?? null,
      dataMapping: dataMapping ?? null,
      transform: transform ?? null,
    })),
    policy: request.policy,
    maxParallelThreads,
    retryDelayMs,
  };
}
