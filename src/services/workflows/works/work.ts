import { z } from 'zod';
import type { InputIssue } from '../../../errors.ts';
import type { Job, Turn } from '../../../jobs/index.ts';

/** How threads of a kind become jobs. */
export interface ThreadWork {
  /**
   * What is wrong with an input, by its fields.
   *
   * @param open More may flow in before it runs, so that what is missing may come.
   */
  check(input: Record<string, unknown>, open: boolean): InputIssue[];
  /**
   * Starts a thread's job, for an input that passed `check`.
   *
   * @throws {DomainError} It cannot be started; nothing was written.
   */
  start(turn: Turn, input: Record<string, unknown>, timeoutSeconds: number): Promise<Job>;
}

/** What a schema has against an input. */
export const issuesOf = (schema: z.ZodType, input: unknown): InputIssue[] =>
  (schema.safeParse(input).error?.issues ?? []).map(({ path, message }) => ({
    path: path.join('.'),
    message,
  }));

/** Text that is not blank and that a database can hold. */
export function textOf(max: number) {
  const rule = `must be text of 1 to ${max} characters, none of them NUL`;
  return z
    .string(rule)
    .refine((text) => text.trim() !== '' && text.length <= max && !text.includes('\0'), rule);
}
