import { expect } from 'vitest';
import type { CompiledGraph } from '../../../src/services/workflows/compiling.ts';
import {
  type Advanced,
  advance,
  begin,
  capacity,
  reach,
  start,
} from '../../../src/services/workflows/coordinating.ts';
import { gather } from '../../../src/services/workflows/gathering.ts';
import {
  isOver,
  type News,
  type RunEnd,
  type RunState,
  type ThreadEvent,
  type ThreadState,
} from '../../../src/services/workflows/states.ts';
import type { Resolution, ThreadFailure, ThreadStatus } from '../../../src/services/workflows/types.ts';

export const noon = new Date('2026-01-01T12:00:00Z');
export const permanent: ThreadFailure = { code: 'BAD', message: 'boom', retryable: false };
export const transient: ThreadFailure = { code: 'BUSY', message: 'later', retryable: true };

/** A run on the stage: the states that a table would hold, and every advance done twice, as the callers may. */
export class Rehearsal {
  readonly graph: CompiledGraph;
  readonly input: unknown;
  readonly states = new Map<string, ThreadState>();
  readonly events: ThreadEvent[] = [];
  readonly outputs = new Map<string, unknown>();
  readonly stopping = new Set<string>();
  run: RunState;
  ended: RunEnd | null;
  now = noon;
  /** States that were loaded for the last advance. */
  loaded = 0;

  constructor(graph: CompiledGraph, input: unknown = {}) {
    this.graph = graph;
    this.input = input;
    const { run, threads, events, ended } = begin(graph);
    this.run = run;
    this.ended = ended;
    for (const state of threads) this.states.set(state.name, state);
    this.events.push(...events);
  }

  state(name: string): ThreadState {
    const state = this.states.get(name);
    if (!state) throw new Error(`no thread ${name}`);
    return state;
  }

  statuses(): Record<string, ThreadStatus> {
    return Object.fromEntries([...this.states.values()].map(({ name, status }) => [name, status]));
  }

  /** READY threads that may begin now, as a caller picks them. */
  startable(): ThreadState[] {
    const due = [...this.states.values()].filter(
      ({ status, notBefore }) => status === 'READY' && (notBefore === null || notBefore <= this.now),
    );
    return due.slice(0, capacity(this.graph, this.run));
  }

  /** Begins a try; or refuses it where its input cannot be gathered. */
  begin(name: string): 'started' | 'refused' {
    const outputs = new Map(
      this.graph
        .thread(name)
        .incoming.flatMap(({ source }) =>
          this.state(source).status === 'COMPLETED' ? [[source, this.outputs.get(source)] as const] : [],
        ),
    );
    const gathered = gather(this.graph, name, { input: this.input, outputs });
    if ('failure' in gathered) {
      this.hear({ type: 'refused', thread: name, failure: gathered.failure });
      return 'refused';
    }
    const { run, state, event } = start(this.graph, this.run, this.state(name));
    this.run = run;
    this.states.set(name, state);
    this.events.push(event);
    return 'started';
  }

  beginAll(): void {
    for (const { name } of this.startable()) this.begin(name);
  }

  complete(name: string, output: unknown = {}): void {
    if (this.state(name).status === 'READY') this.begin(name);
    this.hear({ type: 'completed', thread: name, attempt: this.state(name).attempt, output });
  }

  fail(name: string, failure: ThreadFailure): void {
    if (this.state(name).status === 'READY') this.begin(name);
    this.hear({ type: 'failed', thread: name, attempt: this.state(name).attempt, failure });
  }

  cancelled(name: string): void {
    this.hear({ type: 'cancelled', thread: name, attempt: this.state(name).attempt, reason: 'stopped' });
  }

  resolve(thread: string, resolution: Resolution): void {
    this.hear({ type: 'resolved', thread, resolution });
  }

  hear(...news: News[]): Advanced {
    const circumstances = { input: this.input, now: this.now };
    const all = advance(this.graph, this.run, this.states, news, circumstances);
    if ('needed' in all) throw new Error('advance wants states that there are not');
    expect(this.#sparingly(news)).toEqual(all);

    for (const item of news)
      if (item.type === 'completed' && all.changed.some(({ name }) => name === item.thread))
        this.outputs.set(item.thread, item.output);
    this.run = all.run;
    this.ended = all.ended;
    for (const state of all.changed) this.states.set(state.name, state);
    for (const name of all.cancel) this.stopping.add(name);
    this.events.push(...all.events);
    return all;
  }

  /** The same with the states only that reach and advance ask for. */
  #sparingly(news: News[]): Advanced {
    const known = new Map<string, ThreadState>();
    let needed = reach(this.graph, this.run, news);
    for (let round = 0; round < 3; round += 1) {
      for (const state of this.states.values())
        if (needed === 'UNFINISHED' ? !isOver(state.status) : needed.includes(state.name))
          known.set(state.name, state);
      this.loaded = known.size;
      const advanced = advance(this.graph, this.run, known, news, { input: this.input, now: this.now });
      if (!('needed' in advanced)) return advanced;
      needed = advanced.needed;
    }
    throw new Error('advance wanted more than twice');
  }
}
