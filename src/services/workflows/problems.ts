import { DependencyGraphError, type GraphProblem, type GraphProblemCode } from './errors.ts';
import { GRAPH_LIMITS } from './limits.ts';

/** Collects what is wrong with a definition, so that its author hears of everything at once. */
export class Problems {
  readonly #found: GraphProblem[] = [];

  add(code: GraphProblemCode, message: string, threads: readonly string[] = []): void {
    if (this.#found.length < GRAPH_LIMITS.problems)
      this.#found.push({ code, message, threads: [...threads] });
  }

  /** @throws {DependencyGraphError} There are any. */
  done(): void {
    if (this.#found.length > 0) throw new DependencyGraphError(this.#found);
  }
}
