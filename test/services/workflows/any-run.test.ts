import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/services/workflows/coordinating.ts';
import { isOver, type News } from '../../../src/services/workflows/states.ts';
import type { DependencyDefinition, GraphDefinition } from '../../../src/services/workflows/types.ts';
import { definition, edge, graphOf, thread } from './graphs.ts';
import { CONDITIONS, type Entry, standings } from './model.ts';
import { permanent, Rehearsal, transient } from './rehearsal.ts';

const conditions = Object.keys(CONDITIONS);
const THREADS = 7;

const anyEdge = fc
  .record({
    ends: fc.uniqueArray(fc.nat(THREADS - 1), { minLength: 2, maxLength: 2 }),
    type: fc.constantFrom('SEQUENTIAL', 'SEQUENTIAL', 'DATA_FLOW', 'CONDITIONAL', 'PARALLEL'),
    condition: fc.option(fc.constantFrom(...conditions), { freq: 2 }),
    enabled: fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
  })
  .map(({ ends, type, condition, enabled }): DependencyDefinition => {
    const [source, target] = ends.sort((a, b) => a - b).map((at) => `t${at}`);
    const fitting =
      type === 'PARALLEL' ? null : type === 'CONDITIONAL' ? (condition ?? 'output.v > 1') : condition;
    return edge(source!, target!, {
      type: type as DependencyDefinition['type'],
      condition: fitting,
      enabled,
    });
  });

const anyGraph = fc
  .record({
    threads: fc.array(
      fc.record({ join: fc.constantFrom('ALL' as const, 'ANY' as const), maxRetries: fc.nat(2) }),
      { minLength: THREADS, maxLength: THREADS },
    ),
    dependencies: fc.uniqueArray(anyEdge, {
      maxLength: 12,
      selector: ({ source, target, type }) => `${source} ${target} ${type}`,
    }),
    policy: fc.constantFrom('BEST_EFFORT' as const, 'STRICT' as const, 'ADAPTIVE' as const),
    maxParallelThreads: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ threads, dependencies, ...more }) =>
    definition(
      threads.map((parts, at) => thread(`t${at}`, parts)),
      dependencies,
      more,
    ),
  );

/** What comes next, chosen by numbers that fast-check can shrink. */
class Dice {
  readonly #rolls: readonly number[];
  #at = 0;

  constructor(rolls: readonly number[]) {
    this.#rolls = rolls;
  }

  roll(sides: number): number {
    const rolled = this.#rolls[this.#at % this.#rolls.length]!;
    // The second time round, the same rolls must not lead the same way.
    const turn = Math.floor(this.#at / this.#rolls.length);
    this.#at += 1;
    return (rolled + turn * 7) % sides;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.roll(from.length)]!;
  }
}

/** Plays a run to its end: threads start, fail, are cancelled and resolved in any order. Checks it after each step. */
function play(
  graphDefinition: GraphDefinition,
  rolls: readonly number[],
  check: (run: Rehearsal, history: Entry[]) => void,
) {
  const run = new Rehearsal(graphOf(graphDefinition.threads, graphDefinition.dependencies, graphDefinition));
  const dice = new Dice(rolls);
  const history: Entry[] = [];
  const stale: News[] = [];
  const retried = new Map<string, number>();
  const hear = (...news: News[]) => {
    history.push(...news);
    run.hear(...news);
    stale.push(...news);
  };
  const newsOf = (name: string): News => {
    const { attempt } = run.state(name);
    const roll = run.stopping.has(name) ? dice.roll(3) : 2 + dice.roll(10);
    if (roll < 2) return { type: 'cancelled', thread: name, attempt, reason: 'stopped' };
    if (roll < 7) return { type: 'completed', thread: name, attempt, output: { v: dice.roll(4) } };
    if (roll < 9) return { type: 'failed', thread: name, attempt, failure: transient };
    if (roll < 11) return { type: 'failed', thread: name, attempt, failure: permanent };
    return { type: 'cancelled', thread: name, attempt, reason: 'by somebody' };
  };

  for (let step = 0; run.ended === null; step += 1) {
    if (step > 500) throw new Error(`the run does not end: ${JSON.stringify(run.statuses())}`);
    const named = (status: string) =>
      [...run.states.values()].filter((state) => state.status === status).map(({ name }) => name);
    const running = named('RUNNING');
    const actions: (() => void)[] = [];
    for (const { name } of run.startable())
      actions.push(() => {
        const failure = history.length;
        if (run.begin(name) === 'started') history.push({ type: 'started', thread: name });
        else history.splice(failure, 0, { type: 'refused', thread: name, failure: permanent });
      });
    for (const name of running) actions.push(() => hear(newsOf(name)));
    if (running.length > 1) actions.push(() => hear(newsOf(running[0]!), newsOf(running[1]!)));
    for (const name of named('WAITING'))
      actions.push(() => {
        const again = retried.get(name) ?? 0;
        const resolution = dice.pick(again < 2 ? (['RETRY', 'SKIP', 'ABORT'] as const) : (['SKIP'] as const));
        retried.set(name, again + 1);
        hear({ type: 'resolved', thread: name, resolution });
      });
    const later = [...run.states.values()].filter(({ notBefore }) => notBefore && notBefore > run.now);
    if (later.length > 0)
      actions.push(() => {
        run.now = new Date(Math.min(...later.map(({ notBefore }) => notBefore!.getTime())));
      });
    if (dice.roll(60) === 0) actions.push(() => hear({ type: 'cancel', reason: 'enough' }));
    expect(actions.length, `stuck: ${JSON.stringify(run.statuses())}`).toBeGreaterThan(0);
    dice.pick(actions)();

    // What is over, or was of an earlier try, changes nothing any more.
    const old = stale.at(dice.roll(stale.length + 1));
    if (old && old.type !== 'cancel' && old.type !== 'resolved' && !(old.type === 'refused'))
      expect(run.hear(old)).toMatchObject({ changed: [], events: [], cancel: [] });
    check(run, history);
  }
  return { run, history };
}

const rolls = fc.array(fc.nat(10_000), { minLength: 1, maxLength: 80 });
const RUNS = { numRuns: 400 };

describe('any run of any graph', () => {
  it('is where a plain model of the rules says, after everything that happens', () => {
    fc.assert(
      fc.property(anyGraph, rolls, (graph, chosen) => {
        play(graph, chosen, (run, history) => {
          expect(standings(run.graph, history)).toContainEqual(run.statuses());
        });
      }),
      RUNS,
    );
  });

  it('starts nothing before what it depends on, and never too much at once', () => {
    fc.assert(
      fc.property(anyGraph, rolls, (graph, chosen) => {
        play(graph, chosen, (run) => {
          const running = [...run.states.values()].filter(({ status }) => status === 'RUNNING');
          expect(running.length).toBeLessThanOrEqual(graph.maxParallelThreads);
          expect(run.run.running).toBe(running.length);
          for (const { name } of running) {
            const { incoming, definition: own } = run.graph.thread(name);
            const done = incoming.filter(({ source }) => run.state(source).status === 'COMPLETED').length;
            expect(done).toBeGreaterThanOrEqual(
              own.join === 'ALL' ? incoming.length : Math.min(1, incoming.length),
            );
          }
        });
      }),
      RUNS,
    );
  });

  it('ends, with every thread over, none skipped that ran well, and a summary that adds up', () => {
    fc.assert(
      fc.property(anyGraph, rolls, (graph, chosen) => {
        const { run } = play(graph, chosen, () => {});
        const states = [...run.states.values()];
        expect(states.every(({ status }) => isOver(status))).toBe(true);
        const summary = summarise(states);
        const { successfulThreads, failedThreads, skippedThreads, cancelledThreads } = summary;
        expect(
          [...successfulThreads, ...failedThreads, ...skippedThreads, ...cancelledThreads].sort(),
        ).toEqual(states.map(({ name }) => name).sort());
        expect(run.run).toMatchObject({
          running: 0,
          waiting: 0,
          completed: successfulThreads.length,
          failed: failedThreads.length,
          skipped: skippedThreads.length,
          cancelled: cancelledThreads.length,
        });
        const executed = states.filter(({ started, status }) => started || status === 'FAILED');
        expect(summary.totalExecuted).toBe(executed.length);
        expect(summary.successRate).toBe(
          executed.length === 0 ? 1 : successfulThreads.length / executed.length,
        );
        // The events tell the same story as the states, each thread's ending with its last.
        for (const { name, status } of states)
          expect(run.events.findLast(({ thread: of }) => of === name)?.status).toBe(status);
      }),
      RUNS,
    );
  });

  it('fails under STRICT exactly when a thread failed or was cancelled; else only where somebody aborts', () => {
    fc.assert(
      fc.property(anyGraph, rolls, (graph, chosen) => {
        const { run, history } = play(graph, chosen, () => {});
        if (run.ended?.status === 'CANCELLED') return;
        const bad = [...run.states.values()].some(
          ({ status }) => status === 'FAILED' || status === 'CANCELLED',
        );
        const aborted = history.some((entry) => entry.type === 'resolved' && entry.resolution === 'ABORT');
        expect(run.ended?.status).toBe((graph.policy === 'STRICT' ? bad : aborted) ? 'FAILED' : 'COMPLETED');
        expect(run.ended?.error === null).toBe(run.ended?.status === 'COMPLETED');
      }),
      RUNS,
    );
  });

  it('finishes under BEST_EFFORT all that can: whatever has all it needs completes or fails by itself', () => {
    fc.assert(
      fc.property(anyGraph, rolls, (graph, chosen) => {
        const { run } = play({ ...graph, policy: 'BEST_EFFORT' }, chosen, () => {});
        if (run.ended?.status === 'CANCELLED') return;
        for (const { name, status, started } of run.states.values()) {
          const { incoming } = run.graph.thread(name);
          if (incoming.length === 0) expect(started).toBe(true);
          if (status === 'SKIPPED') expect(started).toBe(false);
        }
      }),
      RUNS,
    );
  });
});
