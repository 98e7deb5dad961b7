import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { GraphStateFragment, JobEvent, ThreadStatus } from '../../sdk/index.ts';
import { tell } from './exit.ts';
import { padded, printable, widthOf } from './text.ts';

const SIGNS: Readonly<Record<ThreadStatus, string>> = {
  PENDING: '·',
  READY: '○',
  RUNNING: '▶',
  WAITING: '?',
  COMPLETED: '✔',
  FAILED: '✘',
  SKIPPED: '↷',
  CANCELLED: '■',
};
/** Those that nothing more happens to. */
const OVER: ReadonlySet<ThreadStatus> = new Set(['COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED']);
/** Redrawing more often nobody sees, and a thousand threads would be drawn a thousand times. */
const REDRAW_MS = 50;
const LONGEST_REASON = 200;
const WIDEST_NAME = 30;
/** Where a terminal does not say how high it is. */
const USUAL_ROWS = 24;

interface Standing {
  status: ThreadStatus;
  reason: string | null;
  /** Tries begun. */
  attempt: number;
}

/** What a person sees of a run: its levels where stderr is a terminal, else a line for whatever happens. */
export class WorkflowView {
  readonly #levels: readonly (readonly string[])[];
  readonly #threads = new Map<string, Standing>();
  /** Null where lines have to do; some terminals, a container's for one, do not know how wide they are. */
  readonly #screen = process.stderr.isTTY && process.stderr.columns ? createLogUpdate(process.stderr) : null;
  /** Of the names; a long one may stand out. */
  readonly #width: number;
  #redraw: NodeJS.Timeout | null = null;

  constructor({ executionOrder, threads }: Pick<GraphStateFragment, 'executionOrder' | 'threads'>) {
    this.#levels = executionOrder;
    for (const { name } of threads) this.#threads.set(name, { status: 'PENDING', reason: null, attempt: 0 });
    this.#width = Math.min(WIDEST_NAME, Math.max(0, ...threads.map(({ name }) => widthOf(name))));
  }

  /** Names of the threads that wait for a person. */
  get waiting(): string[] {
    return this.#named((status) => status === 'WAITING');
  }

  /** Whether something may still happen without anybody's doing. */
  get isMoving(): boolean {
    return this.#named((status) => status === 'RUNNING' || status === 'READY').length > 0;
  }

  show(event: JobEvent): void {
    if (event.__typename !== 'ThreadStatusChanged') return;
    const { thread, threadStatus: status, reason } = event;
    const attempt = (this.#threads.get(thread)?.attempt ?? 0) + (status === 'RUNNING' ? 1 : 0);
    const standing = { status, reason, attempt };
    this.#threads.set(thread, standing);
    if (this.#screen) this.#redraw ??= setTimeout(() => this.#draw(), REDRAW_MS);
    // That a thread may start is worth a line only where it failed before.
    else if (status !== 'READY' || reason) tell(this.#line(thread, standing));
  }

  /** Says something that stays, above what changes. */
  say(message: string): void {
    if (!this.#screen) tell(message);
    this.#draw();
    this.#screen?.persist(printable(message));
    this.#draw();
  }

  /** Gives the terminal back, with the last picture on it. */
  end(): void {
    if (!this.#screen) return;
    this.#draw();
    this.#screen.done();
  }

  #draw(): void {
    if (this.#redraw) clearTimeout(this.#redraw);
    this.#redraw = null;
    this.#screen?.(this.#picture((process.stderr.rows || USUAL_ROWS) - 2).join('\n'));
  }

  /** Levels that are over, or not begun, take a line each where all threads together would not fit. */
  #picture(rows: number): string[] {
    const all = this.#levels.flatMap((level, index) => [this.#head(level, index), ...this.#lines(level)]);
    if (all.length <= rows) return all;
    const short = this.#levels.flatMap((level, index) => {
      const inMotion = level.filter((name) => !['COMPLETED', 'PENDING'].includes(this.#of(name).status));
      return [this.#head(level, index), ...this.#lines(inMotion)];
    });
    if (short.length <= rows) return short;
    // The middle of it is where things happen: what is over stands above, what is to come below.
    const first = short.findIndex((line) => /[○▶?]/.test(line));
    const from = Math.max(0, Math.min(first - 1, short.length - rows + 1));
    return [...short.slice(from, from + rows - 1), `… ${this.#tally()}`];
  }

  #head(level: readonly string[], index: number): string {
    const over = level.filter((name) => OVER.has(this.#of(name).status)).length;
    return styleText('bold', `Level ${index + 1}  ${over} of ${level.length}`, { stream: process.stderr });
  }

  /** A line each: what breaks is no picture any more. */
  #lines(names: readonly string[]): string[] {
    const columns = process.stderr.columns - 1;
    return names.map((name) => cut(`  ${this.#line(name, this.#of(name))}`, columns));
  }

  #line(name: string, { status, reason, attempt }: Standing): string {
    const again = attempt > 1 ? ` (attempt ${attempt})` : '';
    const why = reason ? `  ${reason.replace(/\s+/g, ' ').slice(0, LONGEST_REASON)}` : '';
    return printable(`${SIGNS[status]} ${padded(name, this.#width)}  ${status}${again}${why}`);
  }

  #tally(): string {
    const over = this.#named((status) => OVER.has(status)).length;
    return `${over} of ${this.#threads.size} threads are over`;
  }

  #of(name: string): Standing {
    return this.#threads.get(name) ?? { status: 'PENDING', reason: null, attempt: 0 };
  }

  #named(wanted: (status: ThreadStatus) => boolean): string[] {
    return [...this.#threads].flatMap(([name, { status }]) => (wanted(status) ? [name] : []));
  }
}

function cut(text: string, columns: number): string {
  let shown = text;
  while (widthOf(shown) > columns) shown = shown.slice(0, -1);
  return shown;
}
