import { jsonText, type Trx } from '../../store/index.ts';
import type { CompiledGraph } from './graph.ts';
import { outputsOf } from './outputs.ts';
import {
  readRunning,
  readStartable,
  readThreads,
  readUnfinished,
  type StoredThread,
  type ThreadChange,
  toState,
  updateThreads,
} from './records.ts';
import type { ThreadState } from './states.ts';

/** READY threads read at a time. */
const READY_AT_ONCE = 25;
/** Threads that are read because they may be next, besides those that are asked for. */
const AHEAD = 64;
/** Characters of outputs that wait to be written. */
const LONGEST_HELD = 4_194_304;

/**
 * The threads of one run as one turn knows them. The turn holds the run's row, so that nobody else changes them: what
 * was read is read once, and what changes is written together. (A statement for each change, eight for a thread that only
 * computes something, took sixteen times as long on a chain of 1,000.)
 */
export class Board {
  readonly #trx: Trx;
  readonly #runId: string;
  readonly #graph: CompiledGraph;
  readonly #now: Date;
  readonly #states = new Map<string, ThreadState>();
  readonly #jobs = new Map<string, string | null>();
  /** What is not written yet. */
  readonly #changes = new Map<string, ThreadChange>();
  /** What threads gave in this turn, without a job. */
  readonly #outputs = new Map<string, unknown>();
  #held = 0;
  /** Threads that could be started, with their places in the graph. */
  readonly #ready = new Map<string, number>();
  /** READY threads of the store were read up to this place. */
  #readUntil = -1;
  #allRead = false;

  constructor(trx: Trx, runId: string, graph: CompiledGraph, now: Date) {
    this.#trx = trx;
    this.#runId = runId;
    this.#graph = graph;
    this.#now = now;
  }

  /** Every state that is known by now. */
  get states(): ReadonlyMap<string, ThreadState> {
    return this.#states;
  }

  /** Threads that run, with their jobs; call it before anything changes. */
  async running(): Promise<{ state: ThreadState; jobId: string | null }[]> {
    const rows = await readRunning(this.#trx, this.#runId);
    return rows.map((row) => ({ state: this.#learn(row), jobId: row.job_id }));
  }

  /** Null where the graph has no such thread. */
  async find(name: string): Promise<ThreadState | null> {
    if (!this.#graph.threads.some(({ definition }) => definition.name === name)) return null;
    await this.know([name]);
    return this.#states.get(name) ?? null;
  }

  async jobOf(name: string): Promise<string | null> {
    await this.know([name]);
    return this.#jobs.get(name) ?? null;
  }

  /** Makes the states of these threads known. */
  async know(names: readonly string[]): Promise<void> {
    if (names.every((name) => this.#states.has(name))) return;
    const unknown = this.#andThoseBehind(names).filter((name) => !this.#states.has(name));
    for (const row of await readThreads(this.#trx, this.#runId, unknown)) this.#learn(row);
  }

  /** Makes the states of all threads known that are not over. */
  async knowUnfinished(): Promise<void> {
    for (const row of await readUnfinished(this.#trx, this.#runId)) this.#learn(row);
  }

  /** Threads stand otherwise now. */
  change(states: readonly ThreadState[]): void {
    for (const state of states) {
      this.#states.set(state.name, state);
      this.#changes.set(state.name, { ...this.#changes.get(state.name), state });
      this.#sort(state);
    }
  }

  /** A try of a thread began. */
  begin(state: ThreadState, jobId: string | null, fedBy: readonly string[]): void {
    this.change([state]);
    this.#jobs.set(state.name, jobId);
    this.#changes.set(state.name, { ...this.#changes.get(state.name), state, begun: { jobId, fedBy } });
  }

  /** What a thread without a job gives; its change to COMPLETED is the caller's. */
  async give(state: ThreadState, output: unknown): Promise<void> {
    const text = jsonText(output);
    if (this.#held + text.length > LONGEST_HELD) {
      await this.write();
      this.#outputs.clear();
      this.#held = 0;
    }
    this.#held += text.length;
    this.#outputs.set(state.name, output);
    this.#changes.set(state.name, { ...this.#changes.get(state.name), state, output: text });
  }

  /**
   * What those of these threads gave that COMPLETED, by name; null where it is too much to be read together. It is read
   * of the wanted ones only.
   */
  async outputs(names: readonly string[], wanted: ReadonlySet<string>): Promise<Map<string, unknown> | null> {
    const known = names.filter((name) => this.#outputs.has(name));
    const others = names.filter((name) => !this.#outputs.has(name));
    if (others.some((name) => this.#changes.get(name)?.state.status === 'COMPLETED')) await this.write();
    const stored = await outputsOf(this.#trx, this.#runId, others, wanted);
    if (!stored) return null;
    return new Map([...stored, ...known.map((name) => [name, this.#outputs.get(name)] as const)]);
  }

  /** The first thread of the graph that is READY and whose time has come; null where there is none. */
  async next(): Promise<ThreadState | null> {
    for (;;) {
      let first: { name: string; position: number } | null = null;
      for (const [name, position] of this.#ready)
        if (!first || position < first.position) first = { name, position };
      // One that is not read yet may come before it.
      if (first && (this.#allRead || first.position <= this.#readUntil)) return this.#states.get(first.name)!;
      if (this.#allRead) return null;
      const range = { now: this.#now, behind: this.#readUntil, most: READY_AT_ONCE };
      const rows = await readStartable(this.#trx, this.#runId, range);
      for (const row of rows) this.#sort(this.#learn(row));
      this.#allRead = rows.length < READY_AT_ONCE;
      this.#readUntil = rows.at(-1)?.position ?? this.#readUntil;
    }
  }

  /** Writes down what changed. */
  async write(): Promise<void> {
    const changes = [...this.#changes.values()];
    this.#changes.clear();
    await updateThreads(this.#trx, this.#runId, this.#graph, changes);
  }

  /** What changed since is newer than what the store has. */
  #learn(row: StoredThread): ThreadState {
    const known = this.#states.get(row.name);
    if (known) return known;
    const state = toState(row);
    this.#states.set(row.name, state);
    this.#jobs.set(row.name, row.job_id);
    return state;
  }

  #sort({ name, status, notBefore }: ThreadState): void {
    const isDue = status === 'READY' && (notBefore === null || notBefore <= this.#now);
    if (isDue) this.#ready.set(name, this.#graph.thread(name).position);
    else this.#ready.delete(name);
  }

  /** What only computes is over at once, and what hangs on it comes into question in the same turn. */
  #andThoseBehind(names: readonly string[]): string[] {
    const wanted = new Set(names);
    for (const name of wanted) {
      const { definition, outgoing } = this.#graph.thread(name);
      if (definition.kind !== 'TRANSFORM' || wanted.size + outgoing.length > names.length + AHEAD) continue;
      for (const { target } of outgoing) wanted.add(target);
    }
    return [...wanted];
  }
}
