import { z } from 'zod';
import { InvalidInputError } from '../../errors.ts';
import { LONGEST_MESSAGE, LONGEST_MODEL, LONGEST_NAME, MOST_MESSAGES, MOST_PATTERNS } from './patterns.ts';
import { LONGEST_REPLY } from './playing.ts';
import type { GoldenCase, GoldenSuite } from './types.ts';

/** Characters of a suite as a file; also what a recording may come to. */
export const LONGEST_FILE = 8_000_000;
const MOST_ISSUES = 20;

const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !value.includes('\0'), 'must not contain NUL');
const named = (max: number) => text(max).refine((value) => value.trim() !== '', 'must not be empty');

const pattern = z
  .strictObject({
    name: named(LONGEST_NAME),
    conversation: z.enum(['CHAT', 'SCENARIO', 'WATCH']),
    messages: z.array(named(LONGEST_MESSAGE)).max(MOST_MESSAGES),
    model: named(LONGEST_MODEL).nullable(),
    scenarioId: named(LONGEST_NAME).nullable(),
  })
  .refine(({ conversation, scenarioId }) => (conversation === 'CHAT') === (scenarioId === null), {
    path: ['scenarioId'],
    error: 'must be given of a SCENARIO or WATCH, and null of a CHAT',
  })
  .refine(({ conversation, messages }) => (conversation === 'WATCH') === (messages.length === 0), {
    path: ['messages'],
    error: 'must be empty of a WATCH, and of nothing else',
  });

const result = z.strictObject({
  replies: z.array(text(LONGEST_REPLY)).max(MOST_MESSAGES),
  history: z
    .array(
      z.strictObject({
        role: z.enum(['user', 'assistant']),
        content: text(LONGEST_REPLY + LONGEST_NAME + LONGEST_MESSAGE),
      }),
    )
    .max(2 * MOST_MESSAGES),
  sessionKeys: z.array(named(LONGEST_NAME)).max(10),
  error: text(1_000).nullable(),
  meta: z.strictObject({ model: named(LONGEST_MODEL), durationMs: z.number().nonnegative() }),
});

const suite = z.strictObject({
  name: named(LONGEST_NAME),
  service: z.enum(['LEGACY', 'NEW']),
  recordedAt: z.iso.datetime({ offset: true }),
  cases: z
    .array(z.strictObject({ pattern, result }))
    .min(1)
    .max(MOST_PATTERNS)
    .refine(
      (cases) => new Set(cases.map(({ pattern }) => pattern.name)).size === cases.length,
      'must have patterns of different names',
    ),
});

/** A suite as a file that people read and review: JSON, the same keys in the same order, letters as they are. */
export function toFile({ name, service, recordedAt, cases }: GoldenSuite): string {
  const written = { name, service, recordedAt: recordedAt.toISOString(), cases: cases.map(inOrder) };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** @throws {InvalidInputError} It is none, too large, or has what no recording has; at most 20 issues are named. */
export function fromFile(file: string): GoldenSuite {
  if (file.length > LONGEST_FILE)
    throw invalid('file', `must have at most ${LONGEST_FILE} characters; it has ${file.length}`);
  let json: unknown;
  try {
    json = JSON.parse(file);
  } catch (error) {
    throw invalid('file', `must be JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
  }
  const read = suite.safeParse(json);
  if (!read.success)
    throw new InvalidInputError(
      read.error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({
        path: ['file', ...path].map(String).join('.').slice(0, 500),
        message: message.slice(0, 500),
      })),
      { cause: read.error },
    );
  const { recordedAt, ...rest } = read.data;
  return { ...rest, recordedAt: new Date(recordedAt) };
}

/** With its keys in the order of the file; a database gives them in its own. */
export const inOrder = ({ pattern, result }: GoldenCase): GoldenCase => ({
  pattern: {
    name: pattern.name,
    conversation: pattern.conversation,
    messages: pattern.messages,
    model: pattern.model,
    scenarioId: pattern.scenarioId,
  },
  result: {
    replies: result.replies,
    history: result.history.map(({ role, content }) => ({ role, content })),
    sessionKeys: result.sessionKeys,
    error: result.error,
    meta: { model: result.meta.model, durationMs: result.meta.durationMs },
  },
});

const invalid = (path: string, message: string) => new InvalidInputError([{ path, message }]);
