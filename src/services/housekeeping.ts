import type { Logger } from 'pino';

interface Needs {
  /** What is done at each turn; each gives the number of things it did. */
  chores: Record<string, () => Promise<number>>;
  everyMs: number;
  log: Logger;
}

/** Does what has to be done from time to time. A chore that fails is logged and done again at the next turn. */
export class Housekeeping {
  readonly #needs: Needs;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#turn = this.#turn.then(() => this.turn());
    }, this.#needs.everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#turn;
  }

  /** Never throws. */
  async turn(): Promise<void> {
    for (const [name, chore] of Object.entries(this.#needs.chores))
      try {
        await chore();
      } catch (error) {
        this.#needs.log.warn({ err: error, chore: name }, 'housekeeping failed; trying again later');
      }
  }
}
