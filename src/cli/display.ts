import { SingleBar } from 'cli-progress';
import type { JobEvent } from '../../sdk/index.ts';
import { tell } from './exit.ts';
import { rendered } from './markdown.ts';
import { printable } from './text.ts';

/** What a person sees of a job while it runs: progress on stderr, the report on stdout as it is written. */
export interface Display {
  show(event: JobEvent): void;
  /** Gives the terminal back. @returns Whether the report is already there to be read. */
  end(): boolean;
}

/** @param streams Whether the report appears as it is written: only where somebody is looking. */
export const display = (streams: boolean): Display =>
  process.stderr.isTTY ? new Bar(streams && process.stdout.isTTY) : new Lines();

/** @returns Whether the report is already there to be read. */
export async function shown(events: AsyncIterable<JobEvent>, screen: Display): Promise<boolean> {
  try {
    for await (const event of events) screen.show(event);
  } catch (error) {
    screen.end();
    throw error;
  }
  return screen.end();
}

/** Each event for a program: a line of JSON on stdout, the report among them. */
export class JsonLines implements Display {
  show(event: JobEvent): void {
    console.log(JSON.stringify(event));
  }

  end(): boolean {
    return true;
  }
}

class Lines implements Display {
  show(event: JobEvent): void {
    if (event.__typename === 'JobProgressed') {
      const { step, total, message } = event.progress;
      tell(`[${step}/${total}] ${message}`);
    } else if (event.__typename === 'JobLogged' && event.level !== 'DEBUG') tell(event.message);
  }

  end(): boolean {
    return false;
  }
}

class Bar implements Display {
  readonly #bar = new SingleBar({
    format: '{bar} {percentage} % | {message}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: false,
    gracefulExit: false,
  });
  readonly #streams: boolean;
  #report = '';
  /** Characters of the report that are on the screen. */
  #shown = 0;

  constructor(streams: boolean) {
    this.#streams = streams;
    this.#bar.start(100, 0, { message: '' });
  }

  show(event: JobEvent): void {
    if (event.__typename === 'JobProgressed') {
      const { fraction, message } = event.progress;
      this.#bar.update(Math.round(fraction * 100), { message: printable(message) });
    } else if (event.__typename === 'JobTextAppended' && event.stream === 'report' && this.#streams) {
      this.#append(event.offset, event.text);
    } else if (event.__typename === 'JobFinished' && event.job.status === 'COMPLETED' && this.#bar.isActive) {
      this.#bar.update(100, { message: '' });
    }
  }

  end(): boolean {
    this.#stop();
    this.#print(this.#report.length);
    return this.#report.length > 0;
  }

  #append(offset: number, text: string): void {
    this.#stop();
    // It begins again, because its worker died: what is on the screen stays there.
    if (offset < this.#report.length) this.#shown = Math.min(this.#shown, offset);
    this.#report = this.#report.slice(0, offset) + text;
    this.#print(this.#report.lastIndexOf('\n\n'));
  }

  /** Whole blocks only: a table can be set when its last row is known. */
  #print(until: number): void {
    if (until <= this.#shown) return;
    const blocks = rendered(this.#report.slice(this.#shown, until));
    if (blocks) console.log(`${blocks}\n`);
    this.#shown = until;
  }

  #stop(): void {
    if (this.#bar.isActive) this.#bar.stop();
  }
}
