import type { TokenUsage } from './model.ts';

export interface ModelCounts extends TokenUsage {
  /** Calls as somebody made them, however often they had to be tried. */
  calls: number;
  retries: number;
  errors: number;
}

/** Models counted by name; clients may invent names, and metrics may not grow with them. */
const MOST_MODELS = 100;
export const OTHER_MODELS = 'other';

/** What was asked of each model since the process began. */
export class Counts {
  readonly #byModel = new Map<string, ModelCounts>();

  add(model: string, what: Partial<ModelCounts>): void {
    const name = this.#byModel.has(model) || this.#byModel.size < MOST_MODELS ? model : OTHER_MODELS;
    const sum = this.#byModel.get(name) ?? {
      calls: 0,
      retries: 0,
      errors: 0,
      inputTokens: 0,
      outputTokens: 0,
    };
    this.#byModel.set(name, {
      calls: sum.calls + (what.calls ?? 0),
      retries: sum.retries + (what.retries ?? 0),
      errors: sum.errors + (what.errors ?? 0),
      inputTokens: sum.inputTokens + (what.inputTokens ?? 0),
      outputTokens: sum.outputTokens + (what.outputTokens ?? 0),
    });
  }

  all(): ReadonlyMap<string, ModelCounts> {
    return new Map(this.#byModel);
  }
}
