import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobEvent, ThreadStatus } from '../../sdk/index.ts';
import { WorkflowView } from '../../src/cli/workflow-view.ts';

const { isTTY, columns, rows } = process.stderr;
let written: string[];

beforeEach(() => {
  Object.assign(process.stderr, { isTTY: true, columns: 60, rows: 20 });
  written = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(process.stderr, { isTTY, columns, rows });
});

const changed = (thread: string, threadStatus: ThreadStatus, reason: string | null = null) =>
  ({ __typename: 'ThreadStatusChanged', thread, threadStatus, reason }) as JobEvent;

function graphOf(...executionOrder: string[][]) {
  const thread = (name: string) => ({
    name,
    kind: 'TRANSFORM' as const,
    join: 'ALL' as const,
    timeoutSeconds: 300,
    maxRetries: 3,
  });
  return { executionOrder, threads: executionOrder.flat().map(thread) };
}

/** What stands on the terminal in the end. */
function picture(view: WorkflowView): string[] {
  written = [];
  view.end();
  const frame = written.map(stripVTControlCharacters).findLast((text) => text.includes('Level')) ?? '';
  return frame
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
}

describe('watching a run on a terminal', () => {
  it('shows its levels, and how each thread stands', () => {
    const view = new WorkflowView(graphOf(['look', 'listen'], ['tell']));
    for (const status of ['READY', 'RUNNING', 'READY', 'RUNNING'] as const)
      view.show(changed('look', status));
    view.show(
      changed('listen', 'SKIPPED', 'nothing is\nto be heard, and that is a longer story than a line'),
    );
    expect(view.isMoving).toBe(true);
    view.show(changed('look', 'WAITING', 'who knows'));
    expect(view.waiting).toEqual(['look']);
    expect(view.isMoving).toBe(false);
    expect(picture(view)).toEqual([
      'Level 1  1 of 2',
      '  ? look    WAITING (attempt 2)  who knows',
      '  ↷ listen  SKIPPED  nothing is to be heard, and that is a',
      'Level 2  0 of 1',
      '  · tell    PENDING',
    ]);
  });

  it('keeps to the height of the terminal, at the place where things happen', () => {
    const levels = Array.from({ length: 100 }, (_, level) =>
      Array.from({ length: 10 }, (_, n) => `l${level}n${n}`),
    );
    const view = new WorkflowView(graphOf(...levels));
    for (const name of levels.slice(0, 50).flat()) view.show(changed(name, 'COMPLETED'));
    view.show(changed('l50n3', 'RUNNING'));
    const lines = picture(view);
    expect(lines.length).toBeLessThan(20);
    expect(lines).toContain('  ▶ l50n3  RUNNING');
    expect(lines).toContain('Level 51  0 of 10');
    expect(lines.at(-1)).toBe('… 500 of 1000 threads are over');
  });

  it('lets no thread’s words steer the terminal', () => {
    const view = new WorkflowView(graphOf(['a']));
    view.show(changed('a', 'FAILED', 'it\u001b[2Jfailed'));
    view.end();
    expect(written.join('')).not.toContain('\u001b[2J');
  });
});

describe('watching a run without a terminal', () => {
  it.each([{ isTTY: false }, { columns: 0 }])('says a line for each change: %o', (stream) => {
    Object.assign(process.stderr, stream);
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const view = new WorkflowView(graphOf(['a']));
    view.show(changed('a', 'READY'));
    view.show(changed('a', 'RUNNING'));
    view.show(changed('a', 'READY', 'try again'));
    view.end();
    expect(said.mock.calls.flat()).toEqual(['▶ a  RUNNING', '○ a  READY  try again']);
  });
});
