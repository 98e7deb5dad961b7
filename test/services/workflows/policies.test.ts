import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/services/workflows/coordinating.ts';
import { chain, edge, graphOf, thread } from './graphs.ts';
import { permanent, Rehearsal, transient } from './rehearsal.ts';

describe('STRICT', () => {
  it('stops at the first failure: running threads are cancelled, the others skipped', () => {
    const run = new Rehearsal(chain('STRICT'));
    run.beginAll();
    run.fail('a', permanent);
    expect(run.stopping).toEqual(new Set(['free']));
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'SKIPPED', c: 'SKIPPED', free: 'RUNNING' });
    expect(run.state('b').reason).toBe('the run stopped: a failed: boom');
    expect(run.ended).toBeNull();
    expect(run.startable()).toEqual([]);
    run.cancelled('free');
    expect(run.state('free').status).toBe('CANCELLED');
    expect(run.ended).toEqual({ status: 'FAILED', error: { thread: 'a', ...permanent } });
  });

  it('keeps what still completed, and what still failed, while it stopped', () => {
    const run = new Rehearsal(graphOf(['a', 'b', 'c'], [edge('b', 'c')].slice(1), { policy: 'STRICT' }));
    run.beginAll();
    run.fail('a', permanent);
    run.complete('b');
    run.fail('c', transient);
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'COMPLETED', c: 'FAILED' });
    expect(run.ended).toMatchObject({ status: 'FAILED', error: { thread: 'a' } });
  });

  it('cancels what is between two tries, for it did start', () => {
    const run = new Rehearsal(graphOf([thread('a', { maxRetries: 1 }), 'b'], [], { policy: 'STRICT' }));
    run.fail('a', transient);
    run.fail('b', permanent);
    expect(run.statuses()).toEqual({ a: 'CANCELLED', b: 'FAILED' });
  });

  it('stops when somebody cancels a thread', () => {
    const run = new Rehearsal(chain('STRICT'));
    run.begin('a');
    run.cancelled('a');
    expect(run.statuses()).toMatchObject({ a: 'CANCELLED', b: 'SKIPPED', free: 'SKIPPED' });
    expect(run.ended).toMatchObject({ status: 'FAILED', error: { thread: 'a', code: 'CANCELLED' } });
  });
});

describe('BEST_EFFORT', () => {
  it('counts as executed what failed before its first try', () => {
    const run = new Rehearsal(graphOf([thread('a', { inputSchema: { required: ['x'] } }), 'b']));
    expect(run.begin('a')).toBe('refused');
    run.complete('b');
    expect(summarise([...run.states.values()])).toMatchObject({
      failedThreads: ['a'],
      totalExecuted: 2,
      successRate: 0.5,
    });
  });

  it('skips what depends on a failure, goes on with the rest, and completes', () => {
    const run = new Rehearsal(chain('BEST_EFFORT'));
    run.fail('a', permanent);
    expect(run.ended).toBeNull();
    run.complete('free');
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'SKIPPED', c: 'SKIPPED', free: 'COMPLETED' });
    expect(run.ended).toEqual({ status: 'COMPLETED', error: null });
    expect(summarise([...run.states.values()])).toEqual({
      successfulThreads: ['free'],
      failedThreads: ['a'],
      skippedThreads: ['b', 'c'],
      cancelledThreads: [],
      totalExecuted: 2,
      successRate: 0.5,
    });
  });

  it('skips what depends on a thread that somebody cancelled', () => {
    const run = new Rehearsal(chain('BEST_EFFORT'));
    run.begin('a');
    run.cancelled('a');
    expect(run.state('b')).toMatchObject({ status: 'SKIPPED', reason: 'a was cancelled: stopped' });
  });
});

describe('ADAPTIVE', () => {
  it('waits for a person where data would be missing, and goes on elsewhere', () => {
    const run = new Rehearsal(chain('ADAPTIVE'));
    run.complete('a');
    run.fail('b', permanent);
    expect(run.statuses()).toEqual({ a: 'COMPLETED', b: 'WAITING', c: 'PENDING', free: 'READY' });
    run.complete('free');
    expect(run.ended).toBeNull();
    expect(run.run).toMatchObject({ waiting: 1, running: 0 });
  });

  it('RETRY: has it tried again, with all its retries', () => {
    const run = new Rehearsal(chain('ADAPTIVE', { maxRetries: 1 }));
    run.complete('a');
    run.fail('b', transient);
    run.fail('b', permanent);
    run.resolve('b', 'RETRY');
    expect(run.state('b')).toMatchObject({ status: 'READY', retries: 0, notBefore: null });
    run.fail('b', transient);
    expect(run.state('b')).toMatchObject({ status: 'READY', retries: 1 });
    run.complete('b');
    expect(run.state('c').status).toBe('READY');
  });

  it('SKIP: skips it and its dependents', () => {
    const run = new Rehearsal(chain('ADAPTIVE'));
    run.complete('a');
    run.fail('b', permanent);
    run.resolve('b', 'SKIP');
    expect(run.state('b')).toMatchObject({ status: 'SKIPPED', reason: 'boom' });
    expect(run.state('c')).toMatchObject({ status: 'SKIPPED', reason: 'b was skipped: boom' });
  });

  it('ABORT: fails the run, with all that waits', () => {
    const run = new Rehearsal(
      graphOf(
        ['a', 'b', 'c', 'd', 'free'],
        [edge('a', 'c', { type: 'DATA_FLOW' }), edge('b', 'd', { type: 'DATA_FLOW' })],
        { policy: 'ADAPTIVE' },
      ),
    );
    run.fail('a', permanent);
    run.fail('b', permanent);
    run.resolve('a', 'ABORT');
    expect(run.statuses()).toEqual({
      a: 'FAILED',
      b: 'FAILED',
      c: 'SKIPPED',
      d: 'SKIPPED',
      free: 'SKIPPED',
    });
    expect(run.ended).toEqual({ status: 'FAILED', error: { thread: 'a', ...permanent } });
  });

  it('skips a leaf that failed for good, and its SEQUENTIAL dependents with it', () => {
    const run = new Rehearsal(graphOf(['a', 'b'], [edge('a', 'b')], { policy: 'ADAPTIVE' }));
    run.fail('a', permanent);
    expect(run.state('a')).toMatchObject({ status: 'SKIPPED', reason: 'boom', started: true });
    expect(run.state('b').reason).toBe('a was skipped: boom');
    expect(run.ended?.status).toBe('COMPLETED');
  });

  it('treats what may pass like BEST_EFFORT, once its retries are spent', () => {
    const run = new Rehearsal(
      graphOf(['a', 'b'], [edge('a', 'b', { type: 'DATA_FLOW' })], { policy: 'ADAPTIVE' }),
    );
    run.fail('a', transient);
    expect(run.statuses()).toEqual({ a: 'FAILED', b: 'SKIPPED' });
  });
});

describe('cancelling a run', () => {
  it('cancels everything, and ends when nothing runs any more', () => {
    const run = new Rehearsal(chain('ADAPTIVE'));
    run.begin('a');
    run.hear({ type: 'cancel', reason: 'enough' });
    expect(run.stopping).toEqual(new Set(['a']));
    expect(run.statuses()).toEqual({ a: 'RUNNING', b: 'CANCELLED', c: 'CANCELLED', free: 'CANCELLED' });
    run.cancelled('a');
    expect(run.ended).toEqual({ status: 'CANCELLED', error: null });
  });

  it('ends at once where nothing runs', () => {
    const run = new Rehearsal(chain('STRICT'));
    run.hear({ type: 'cancel', reason: 'enough' });
    expect(run.ended?.status).toBe('CANCELLED');
    expect(summarise([...run.states.values()])).toMatchObject({ totalExecuted: 0, successRate: 1 });
  });
});
