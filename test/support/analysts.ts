import type { Analyst, Question } from '../../src/services/analysis/analyst.ts';

/** An analyst whose program is what the user wrote. */
export const verbatim: Analyst = {
  model: 'verbatim',
  plan: async () => ({ summary: 'Run it.', steps: ['Run it.'] }),
  code: async ({ message }: Question) => message,
  async *report(_, __, execution) {
    yield `# Done\n\n${execution.output}`;
  },
};

/** Fails as often as its message says, then prints the errors that it was given. */
export const clumsy: Analyst = {
  ...verbatim,
  model: 'clumsy',
  async code({ message }, _, failed) {
    const round = failed ? Number(/round (\d+)/.exec(failed.code)?.[1]) + 1 : 0;
    if (round < Number(message)) return `// round ${round}\nthrow new Error('broken in round ${round}')`;
    return `// round ${round}\nprint(${JSON.stringify(failed?.error ?? 'no error')})`;
  },
};

/** Writes a report of many pieces, but only once `begin()` was called; it does not hear of signals. */
export class Talker implements Analyst {
  readonly model = 'talker';
  readonly plan = verbatim.plan;
  readonly #asked = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<void>();
  readonly #pieces: number;

  constructor(pieces: number) {
    this.#pieces = pieces;
  }

  /** Resolves when the report is asked for. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  begin(): void {
    this.#begun.resolve();
  }

  async code(): Promise<string> {
    return 'print(1)';
  }

  async *report(): AsyncGenerator<string> {
    this.#asked.resolve();
    await this.#begun.promise;
    for (let piece = 0; piece < this.#pieces; piece += 1) yield `${piece} `;
  }
}
