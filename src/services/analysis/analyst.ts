import type { Execution, Profile } from '../sandbox/types.ts';

/** What is asked of an analyst: the user's words and what is known of the data. */
export interface Question {
  message: string;
  /** BCP 47 primary tag of the language to answer in. */
  language: 'en' | 'ja';
  dataset?: { name: string; profile: Profile };
}

export interface Plan {
  summary: string;
  steps: string[];
}

/** A program that failed in the sandbox, and how. */
export interface FailedProgram {
  code: string;
  error: string;
}

/** What an analyst is given to work with, beside the question. */
export interface Thinking {
  /** Whose analysis it is: the feature LLM decides for each session how its models are asked. */
  sessionId: string;
  /** Fires when nobody wants the answer any more. */
  signal: AbortSignal;
  /** Counts what a call to a model used; one call each. */
  used(usage: { inputTokens: number; outputTokens: number }): Promise<void>;
}

/** Thinks an analysis through: the plan, the program that carries it out, the report on what came of it. */
export interface Analyst {
  /** The model's name as clients see it. */
  readonly model: string;

  plan(question: Question, thinking: Thinking): Promise<Plan>;

  /**
   * Writes the program: JavaScript over `sql()`, `table()`, `chart()` and `print()`, the data in the table `data`.
   *
   * @param failed The previous attempt, where there was one, to be repaired.
   */
  code(
    question: Question,
    plan: Plan,
    failed: FailedProgram | undefined,
    thinking: Thinking,
  ): Promise<string>;

  /** Yields the report's Markdown piece by piece. */
  report(question: Question, plan: Plan, execution: Execution, thinking: Thinking): AsyncIterable<string>;
}
