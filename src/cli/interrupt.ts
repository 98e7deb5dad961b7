import { CommandError, EXIT } from './exit.ts';

/** Ctrl-C, or a polite kill: the first asks the command to end in good order, the second ends it at once. */
export class Interrupt implements Disposable {
  readonly #controller = new AbortController();
  readonly #heard = () => {
    if (this.signal.aborted) process.exit(EXIT.interrupted);
    this.#controller.abort(new Interrupted());
  };

  constructor() {
    process.on('SIGINT', this.#heard).on('SIGTERM', this.#heard);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves at the first. */
  heard(): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  [Symbol.dispose](): void {
    process.off('SIGINT', this.#heard).off('SIGTERM', this.#heard);
  }
}

/** Ends a command without a word: whoever pressed the keys knows. */
class Interrupted extends CommandError {
  constructor() {
    super('', EXIT.interrupted);
  }
}
