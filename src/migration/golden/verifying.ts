import { readFileSync } from 'node:fs';
import { regressionsOf } from './judging.ts';
import { type Gateway, playOverApi } from './over-api.ts';
import type { GoldenRegression, GoldenSuite } from './types.ts';

/**
 * Has a suite's conversations with a running gateway, through its public API and in sessions that are closed again, and
 * tells what is not as it was recorded.
 *
 * @param onCase Hears of each case when it is over.
 * @throws {Error} The gateway does not answer, or sends no session to the service.
 */
export async function verifySuite(
  suite: GoldenSuite,
  gateway: Gateway,
  onCase: (name: string, regressions: readonly GoldenRegression[]) => void = () => {},
): Promise<GoldenRegression[]> {
  const all: GoldenRegression[] = [];
  for (const recorded of suite.cases) {
    const found = regressionsOf(recorded, await playOverApi(recorded.pattern, gateway));
    onCase(recorded.pattern.name, found);
    all.push(...found);
  }
  return all;
}

/**
 * A test of a suite's file that needs nothing but Node (22.18 or newer, or 24): `node --test suite.golden.test.ts`. The
 * gateway is the one at SIGNALBOX_URL, with SIGNALBOX_TOKEN, and SIGNALBOX_SERVICE has to answer.
 *
 * @param suiteFile Of the suite, as seen from the test: `./suite.golden.json`.
 */
export function goldenTestFile(
  { name, service, cases }: GoldenSuite,
  { suiteFile, url = 'http://127.0.0.1:4000/graphql' }: { suiteFile: string; url?: string },
): string {
  const program = readFileSync(new URL('./over-api.ts', import.meta.url), 'utf8');
  return `// Verifies ${cases.length} recorded conversations (${oneLine(name)}, answered by ${service}) against a running gateway.
// Generated: generate it again instead of changing it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

${program.slice(program.indexOf('export interface Gateway'))}
const gateway: Gateway = {
  url: process.env.SIGNALBOX_URL ?? ${JSON.stringify(url)},
  token: process.env.SIGNALBOX_TOKEN,
  service: process.env.SIGNALBOX_SERVICE === 'LEGACY' ? 'LEGACY' : 'NEW',
};
const suite = JSON.parse(readFileSync(new URL(${JSON.stringify(suiteFile)}, import.meta.url), 'utf8'));

for (const { pattern, result } of suite.cases)
  test(pattern.name, async () => {
    const actual = await playOverApi(pattern, gateway);
    assert.deepEqual(essence(actual), essence(result), \`Regression detected in \${pattern.name}\`);
  });
`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');
