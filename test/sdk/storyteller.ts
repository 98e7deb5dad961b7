import type { Analyst } from '../../src/services/analysis/analyst.ts';

/** An analyst whose report is told piece by piece, as far as the test lets it. */
export class Storyteller implements Analyst {
  readonly model: string;
  readonly pieces: string[];
  #allowed = 0;
  #moved = Promise.withResolvers<void>();

  /** Each piece is long enough that many of them fill several TCP segments. */
  constructor(pieces: number, model = 'storyteller') {
    this.model = model;
    this.pieces = Array.from({ length: pieces }, (_, n) => `Sentence ${n}, ${'and so on, '.repeat(20)}.\n\n`);
  }

  get text(): string {
    return this.pieces.join('');
  }

  tell(pieces = Number.POSITIVE_INFINITY): void {
    this.#allowed += pieces;
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async plan() {
    return { summary: 'Tell a story.', steps: ['Tell it.'] };
  }

  async code() {
    return 'print("once")';
  }

  async *report(...[, , , { signal }]: Parameters<Analyst['report']>): AsyncGenerator<string> {
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    stopped.catch(() => {});
    for (const [index, piece] of this.pieces.entries()) {
      while (index >= this.#allowed) await Promise.race([this.#moved.promise, stopped]);
      yield piece;
    }
  }
}
