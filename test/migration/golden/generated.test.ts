import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  fromFile,
  type GoldenSuite,
  goldenTestFile,
  toFile,
  verifySuite,
} from '../../../src/migration/golden/index.ts';
import { LegacyCompletionsChat, NewChat } from '../../../src/services/chat/index.ts';
import { EchoModel } from '../../../src/services/models/echo.ts';
import { startGateway, type TestGateway } from '../../support/gateway.ts';
import { createEmbedded } from '../../support/stores.ts';
import { patient, startGolden } from './world.ts';

/** The default suite, as the services of a gateway without a provider answer it. */
async function recorded(): Promise<GoldenSuite> {
  const model = new EchoModel();
  await using world = await startGolden(await createEmbedded(), {
    legacy: new LegacyCompletionsChat({ model }),
    candidate: new NewChat({ model }),
  });
  await world.golden.record({ name: 'default', service: 'LEGACY' }, patient());
  return fromFile(await world.golden.toFile('default'));
}

/** A suite whose first reply was another one then. */
const changed = (suite: GoldenSuite): GoldenSuite => ({
  ...suite,
  cases: suite.cases.map((one, place) =>
    place > 0 ? one : { ...one, result: { ...one.result, replies: ['something else'] } },
  ),
});

const listening = (environment: Record<string, string>): Promise<TestGateway> =>
  startGateway({ listens: true, environment });

const newChat = { USE_NEW_CHAT: 'true', USE_NEW_SCENARIO: 'true', USE_NEW_WATCH: 'true' };

/** Runs the test that is generated for a suite, as a pipeline would. */
async function runGenerated(suite: GoldenSuite, env: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-golden-'));
  try {
    const file = join(folder, 'default.golden.test.ts');
    writeFileSync(join(folder, 'default.golden.json'), toFile(suite));
    writeFileSync(file, goldenTestFile(suite, { suiteFile: './default.golden.json' }));
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    const [code] = await once(child, 'close');
    return { code, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a suite and a running gateway', () => {
  it('agree through the public API where the gateway answers as recorded', async () => {
    const suite = await recorded();
    for (const [service, environment] of [
      ['LEGACY', {}],
      ['NEW', newChat],
    ] as const) {
      await using gateway = await listening(environment);
      const cases: string[] = [];
      const found = await verifySuite(suite, { url: gateway.url, service }, (name) => cases.push(name));
      expect(found).toEqual([]);
      expect(cases).toEqual(suite.cases.map(({ pattern }) => pattern.name));
      // Nothing of it stays.
      expect(await gateway.gateway.store.db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    }
  });

  it('disagree where it does not, by case and path', async () => {
    const suite = changed(await recorded());
    await using gateway = await listening({});
    expect(await verifySuite(suite, { url: gateway.url, service: 'LEGACY' })).toEqual([
      {
        case: 'simple_greeting',
        path: 'replies[0]',
        expected: 'something else',
        actual: expect.stringContaining('こんにちは'),
      },
    ]);
  });

  it('are not compared where another service answers, or none', async () => {
    const suite = await recorded();
    await using gateway = await listening({});
    await expect(verifySuite(suite, { url: gateway.url, service: 'NEW' })).rejects.toThrow(
      'None of 20 sessions is served by NEW',
    );
    await expect(verifySuite(suite, { url: 'http://127.0.0.1:1/graphql', service: 'NEW' })).rejects.toThrow();
  });
});

describe('the test that is generated for a suite', () => {
  it('passes in front of a gateway that answers as recorded, and fails in front of another', async () => {
    const suite = await recorded();
    await using gateway = await listening(newChat);
    const env = { SIGNALBOX_URL: gateway.url };
    const right = await runGenerated(suite, env);
    expect(right.said).toContain('# pass 5');
    expect(right.code).toBe(0);

    const wrong = await runGenerated(changed(suite), env);
    expect(wrong.code).not.toBe(0);
    expect(wrong.said).toContain('# fail 1');
    expect(wrong.said).toContain('Regression detected in simple_greeting');

    // The flags send nobody to the legacy service.
    const other = await runGenerated(suite, { ...env, SIGNALBOX_SERVICE: 'LEGACY' });
    expect(other.said).toContain('# fail 5');
  });
});
