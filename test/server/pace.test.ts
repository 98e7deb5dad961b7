import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from '../../src/server/shared/pace.ts';

let clock: number;
let takes: number;
let done: [what: string, at: number][];
let pace: Pace;

const doing = (what: string) => () => {
  done.push([what, clock]);
  clock += takes;
};
const a = doing('a');
const b = doing('b');

beforeEach(() => {
  vi.useFakeTimers();
  clock = 0;
  takes = 0;
  done = [];
  pace = new Pace(() => clock);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time goes by, for the clock and the timers. */
function pass(ms: number): void {
  clock += ms;
  vi.advanceTimersByTime(ms);
}

it('does short work whenever it is asked for', () => {
  takes = 0.2;
  for (let i = 0; i < 5; i++) {
    pace.ask(a);
    pass(1);
  }
  expect(done).toHaveLength(5);
});

it('rests after long work for as long as that took, and does once what was asked for meanwhile', () => {
  takes = 10;
  pace.ask(a);
  for (let i = 0; i < 5; i++) pace.ask(a);
  pace.ask(b);
  expect(done).toEqual([['a', 0]]);
  pass(9);
  expect(done).toEqual([['a', 0]]);
  pass(1);
  expect(done).toEqual([
    ['a', 0],
    ['a', 20],
    ['b', 30],
  ]);
  pass(100);
  expect(done).toHaveLength(3);
});

it('rests after much short work without a pause', () => {
  takes = 0.2;
  for (let i = 0; i < 10; i++) pace.ask(i % 2 ? a : b);
  expect(done).toHaveLength(3);
  pass(1);
  expect(done).toHaveLength(5);
});

it('does at once what is asked for after the rest', () => {
  takes = 10;
  pace.ask(a);
  pass(10);
  pace.ask(a);
  expect(done).toEqual([
    ['a', 0],
    ['a', 20],
  ]);
});

it('rests no longer than its bound, however long the work took', () => {
  takes = 5_000;
  pace.ask(a);
  pace.ask(a);
  pass(50);
  expect(done.at(-1)).toEqual(['a', 5_050]);
});

it('does nothing that was forgotten', () => {
  takes = 10;
  pace.ask(a);
  pace.ask(a);
  pace.forget(a);
  pass(100);
  expect(done).toEqual([['a', 0]]);
});
