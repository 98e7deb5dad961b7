import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { execute, getIntrospectionQuery, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Executor } from '../../../src/server/short/executor.ts';
import { documents } from './documents.ts';
import { type Trouble, troubledSchema } from './troubled.ts';

const schema = troubledSchema();
const executor = new Executor(schema);

/** graphql's own executor leaves rejections behind when it ends early; ours must not, and these alone are let pass. */
const others = process.listeners('unhandledRejection');
const onUnhandled = (reason: unknown, promise: Promise<unknown>) => {
  if (reason instanceof Error && reason.message === 'Aborted!') return;
  for (const listener of others) listener(reason, promise);
};
beforeAll(() => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', onUnhandled);
});
afterAll(async () => {
  await setImmediate();
  process.removeListener('unhandledRejection', onUnhandled);
  for (const listener of others) process.on('unhandledRejection', listener);
});

/** Answers as clients get them, errors with their places, paths and order; asked three times, as a plan is used again. */
async function compare(
  query: string,
  variables: Record<string, unknown>,
  trouble: Trouble,
): Promise<boolean> {
  const document = parse(query);
  if (validate(schema, document).length > 0) return false;
  const args = { schema, document, contextValue: trouble, variableValues: variables };
  const expected = told(await execute(args));
  for (let time = 0; time < 2; time++) {
    const result = await executor.execute(args);
    if (!result) return false;
    expect(told(result)).toEqual(expected);
  }
  return true;
}

const told = (result: object) => {
  const answer = JSON.parse(JSON.stringify(result), (key, value) => (key === 'http' ? undefined : value));
  for (const error of answer.errors ?? [])
    if (Object.keys(error.extensions ?? {}).length === 0) delete error.extensions;
  return JSON.stringify({ data: answer.data, errors: answer.errors });
};

describe('executing by plan', () => {
  it('answers what graphql answers, whatever is asked and whatever goes wrong', async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(
        documents({ schema, depth: 4 }),
        fc.record({ seed: fc.nat(), percent: fc.constantFrom(0, 5, 30) }),
        async ({ query, variables }, trouble) => {
          if (await compare(query, variables, trouble)) valid += 1;
        },
      ),
      { numRuns: 600 },
    );
    expect(valid).toBeGreaterThan(300);
  });

  it('answers introspection', async () => {
    expect(await compare(getIntrospectionQuery(), {}, { seed: 1, percent: 0 })).toBe(true);
  });
});
