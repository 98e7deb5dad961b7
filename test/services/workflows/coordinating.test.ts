import { describe, expect, it } from 'vitest';
import { capacity, start, summarise } from '../../../src/services/workflows/coordinating.ts';
import { chain, edge, graphOf, thread } from './graphs.ts';
import { noon, permanent, Rehearsal, transient } from './rehearsal.ts';

const seconds = (date: Date | null) => date && (date.getTime() - noon.getTime()) / 1_000;

describe('a run without failures', () => {
  it('starts what depends on nothing, then whatever becomes ready, and completes', () => {
    const run = new Rehearsal(chain('STRICT'));
    expect(run.statuses()).toEqual({ a: 'READY', b: 'PENDING', c: 'PENDING', free: 'READY' });
    run.complete('a');
    expect(run.statuses()).toMatchObject({ a: 'COMPLETED', b: 'READY', c: 'PENDING' });
    run.complete('b');
    run.complete('free');
    expect(run.ended).toBeNull();
    run.complete('c');
    expect(run.ended).toEqual({ status: 'COMPLETED', error: null });
    expect(summarise([...run.states.values()])).toEqual({
      successfulThreads: ['a', 'b', 'c', 'free'],
      failedThreads: [],
      skippedThreads: [],
      cancelledThreads: [],
      totalExecuted: 4,
      successRate: 1,
    });
    expect(run.events.filter(({ thread }) => thread === 'b').map(({ status }) => status)).toEqual([
      'READY',
      'RUNNING',
      'COMPLETED',
    ]);
  });

  it('looks at a finished thread and its dependents only', () => {
    const names = Array.from({ length: 50 }, (_, at) => `t${at}`);
    const run = new Rehearsal(
      graphOf(
        names,
        names.slice(1).map((name, at) => edge(`t${at}`, name)),
      ),
    );
    run.complete('t0');
    expect(run.loaded).toBe(2);
  });

  it('never has more at once than it may', () => {
    const run = new Rehearsal(graphOf(['a', 'b', 'c'], [], { maxParallelThreads: 2 }));
    run.beginAll();
    expect(run.startable()).toEqual([]);
    expect(capacity(run.graph, run.run)).toBe(0);
    expect(() => start(run.graph, run.run, run.state('c'))).toThrow('no place');
    run.complete('a');
    expect(run.startable().map(({ name }) => name)).toEqual(['c']);
  });

  it('lets PARALLEL and disabled dependencies constrain nothing', () => {
    const run = new Rehearsal(
      graphOf(['a', 'b', 'c'], [edge('a', 'b', { type: 'PARALLEL' }), edge('a', 'c', { enabled: false })]),
    );
    expect(run.startable().map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });
});

describe('a condition', () => {
  const graph = (
    type: 'CONDITIONAL' | 'DATA_FLOW' = 'CONDITIONAL',
    policy: 'BEST_EFFORT' | 'STRICT' | 'ADAPTIVE' = 'STRICT',
  ) =>
    graphOf(
      ['a', 'b', 'c'],
      [edge('a', 'b', { type, condition: 'output.go' }), edge('b', 'c', { type })].map((item, at) =>
        at === 1 && type === 'CONDITIONAL' ? { ...item, condition: 'true' } : item,
      ),
      { policy },
    );

  it('that is true lets the target run', () => {
    const run = new Rehearsal(graph());
    run.complete('a', { go: true });
    expect(run.state('b').status).toBe('READY');
  });

  it('that is false skips the target and what depends on it, and is no failure, not even under STRICT', () => {
    const run = new Rehearsal(graph());
    run.complete('a', { go: false });
    expect(run.state('b')).toMatchObject({
      status: 'SKIPPED',
      reason: 'the condition of a → b is false',
      started: false,
    });
    expect(run.state('c')).toMatchObject({
      status: 'SKIPPED',
      reason: 'b was skipped (the condition of a → b is false)',
    });
    expect(run.ended).toEqual({ status: 'COMPLETED', error: null });
  });

  it('that cannot be evaluated fails the target: BEST_EFFORT goes on', () => {
    const run = new Rehearsal(graph('DATA_FLOW', 'BEST_EFFORT'));
    run.complete('a', {});
    expect(run.state('b')).toMatchObject({ status: 'FAILED', failure: { code: 'CONDITION_FAILED' } });
    expect(run.state('b').reason).toContain('a → b cannot be evaluated: No such key: go');
    expect(run.state('c').status).toBe('SKIPPED');
    expect(run.ended?.status).toBe('COMPLETED');
  });

  it('that cannot be evaluated fails the target: STRICT stops', () => {
    const run = new Rehearsal(graph('DATA_FLOW', 'STRICT'));
    run.complete('a', { go: 'yes' });
    expect(run.ended).toMatchObject({
      status: 'FAILED',
      error: { thread: 'b', code: 'CONDITION_FAILED', retryable: false },
    });
  });

  it('that cannot be evaluated fails the target: ADAPTIVE asks, and to try again asks again', () => {
    const run = new Rehearsal(graph('DATA_FLOW', 'ADAPTIVE'));
    run.complete('a', {});
    expect(run.state('b').status).toBe('WAITING');
    run.resolve('b', 'RETRY');
    expect(run.begin('b')).toBe('refused');
    expect(run.state('b')).toMatchObject({ status: 'WAITING', attempt: 0, started: false });
    run.resolve('b', 'SKIP');
    expect(run.ended?.status).toBe('COMPLETED');
  });
});

describe('joins', () => {
  const joined = (join: 'ALL' | 'ANY') =>
    graphOf(
      ['a', 'b', thread('end', { join })],
      [edge('a', 'end', { condition: 'output.ok' }), edge('b', 'end', { condition: 'output.ok' })],
    );

  it('ALL waits for every dependency', () => {
    const run = new Rehearsal(joined('ALL'));
    run.complete('a', { ok: true });
    expect(run.state('end').status).toBe('PENDING');
    run.complete('b', { ok: true });
    expect(run.state('end').status).toBe('READY');
  });

  it('ALL is skipped as soon as one cannot be satisfied', () => {
    const run = new Rehearsal(joined('ALL'));
    run.complete('b', { ok: false });
    expect(run.state('end').status).toBe('SKIPPED');
  });

  it('ANY runs as soon as one is satisfied, whatever becomes of the others', () => {
    const run = new Rehearsal(joined('ANY'));
    run.complete('a', { ok: false });
    expect(run.state('end').status).toBe('PENDING');
    run.complete('b', { ok: true });
    expect(run.state('end').status).toBe('READY');
  });

  it('ANY runs although one of the others failed', () => {
    const run = new Rehearsal(joined('ANY'));
    run.fail('a', permanent);
    run.complete('b', { ok: true });
    run.complete('end');
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'COMPLETED', end: 'COMPLETED' });
  });

  it('ANY is skipped when none is left', () => {
    const run = new Rehearsal(joined('ANY'));
    run.fail('a', permanent);
    run.complete('b', { ok: false });
    expect(run.state('end')).toMatchObject({
      status: 'SKIPPED',
      reason: 'none of its dependencies is satisfied; at last the condition of b → end is false',
    });
  });

  it('ANY fails when none is left and a condition could not be evaluated', () => {
    const run = new Rehearsal(joined('ANY'));
    run.complete('a', {});
    expect(run.state('end').status).toBe('PENDING');
    run.complete('b', { ok: false });
    expect(run.state('end')).toMatchObject({ status: 'FAILED', failure: { code: 'CONDITION_FAILED' } });
  });
});

describe('retries', () => {
  it('pause twice as long each time, and end with their number', () => {
    const run = new Rehearsal(chain('BEST_EFFORT', { maxRetries: 3 }));
    const pauses: (number | null)[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      run.fail('a', transient);
      pauses.push(seconds(run.state('a').notBefore));
      expect(run.state('a')).toMatchObject({ status: 'READY', reason: 'later' });
    }
    expect(pauses).toEqual([1, 2, 4]);
    run.fail('a', transient);
    expect(run.state('a')).toMatchObject({ status: 'FAILED', attempt: 4 });
    expect(run.state('b')).toMatchObject({ status: 'SKIPPED', reason: 'a failed: later' });
    expect(run.state('c').reason).toBe('b was skipped (a failed: later)');
  });

  it('never pause longer than five minutes, unless the first pause is longer', () => {
    const run = new Rehearsal(graphOf([thread('a', { maxRetries: 20 })], [], { retryDelayMs: 60_000 }));
    const pauses: (number | null)[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      run.fail('a', transient);
      pauses.push(seconds(run.state('a').notBefore));
    }
    expect(pauses).toEqual([60, 120, 240, 300, 300]);
    const slow = new Rehearsal(graphOf([thread('a', { maxRetries: 2 })], [], { retryDelayMs: 600_000 }));
    slow.fail('a', transient);
    slow.fail('a', transient);
    expect(seconds(slow.state('a').notBefore)).toBe(600);
  });

  it('are for failures that may pass only', () => {
    const run = new Rehearsal(chain('BEST_EFFORT', { maxRetries: 3 }));
    run.fail('a', permanent);
    expect(run.state('a')).toMatchObject({ status: 'FAILED', attempt: 1 });
  });
});

describe('news that comes late or twice', () => {
  it('changes nothing', () => {
    const run = new Rehearsal(chain('BEST_EFFORT', { maxRetries: 2 }));
    run.begin('a');
    const news = { type: 'failed', thread: 'a', attempt: 1, failure: transient } as const;
    run.hear(news);
    const before = run.state('a');
    expect(run.hear(news).changed).toEqual([]);
    run.begin('a');
    expect(run.hear(news)).toMatchObject({ changed: [], events: [] });
    expect(run.state('a').attempt).toBe(before.attempt + 1);
    run.complete('a');
    expect(run.hear({ type: 'completed', thread: 'a', attempt: 2, output: {} }).changed).toEqual([]);
    expect(run.hear({ type: 'resolved', thread: 'a', resolution: 'ABORT' }).changed).toEqual([]);
    run.hear({ type: 'cancel', reason: 'once' });
    expect(run.hear({ type: 'cancel', reason: 'twice' }).run.stop?.reason).toBe('once');
  });

  it('may come in one batch with what it contradicts: the first counts', () => {
    const run = new Rehearsal(chain('BEST_EFFORT'));
    run.begin('a');
    run.hear(
      { type: 'completed', thread: 'a', attempt: 1, output: {} },
      { type: 'failed', thread: 'a', attempt: 1, failure: permanent },
    );
    expect(run.statuses()).toMatchObject({ a: 'COMPLETED', b: 'READY' });
  });
});
