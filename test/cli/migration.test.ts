import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storeExists } from '../../src/store/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { startProvider } from '../support/provider.ts';
import { createOnServer, describeOnServer } from '../support/stores.ts';
import { Command, run } from './command.ts';

const token = 'a-token-of-sixteen';
const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('moving traffic from the command line', () => {
  let gateway: TestGateway;
  let environment: Record<string, string>;
  beforeAll(async () => {
    gateway = await startGateway({ listens: true, environment: { AUTH_TOKENS: `ada=${token}` } });
    environment = { SIGNALBOX_URL: gateway.url, SIGNALBOX_TOKEN: token };
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('sets a feature, lists it, and rolls it back', async () => {
    const set = await run(
      ['features', 'set', 'chat', '--on', '--percent', '10', '--reason', 'a canary'],
      environment,
    );
    expect(set).toMatchObject({ code: 0, stdout: expect.stringMatching(/CHAT\s+on\s+10 %.*ada: a canary/) });
    const listed = await run(['features'], environment);
    expect(listed.stdout).toMatch(/UTILS\s+on\s+100 %[\s\S]*CHAT\s+on\s+10 %/);
    const back = await run(['rollback', 'chat', '--reason', 'odd replies'], environment);
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/CHAT\s+off\s+0 %.*ada: odd replies/),
      stderr: expect.stringContaining('Rolled back by the gateway'),
    });
    expect(gateway.gateway.migration.flags.feature('CHAT').enabled).toBe(false);
  });

  it('prints a report as text, JSON and a page', async () => {
    const page = join(folder, 'report.html');
    const { code, stdout } = await run(['report', 'chat', '--html', page], environment);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('HOLD: leave the traffic as it is'),
    });
    expect(readFileSync(page, 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*Content-Security-Policy[\s\S]*<table>/,
    );
    const json = await run(['report', 'chat', '--json'], environment);
    expect(JSON.parse(json.stdout)).toMatchObject({ feature: 'CHAT', recommendation: { action: 'HOLD' } });
  });

  it('records a suite as a file, verifies it, and fails where it is not kept', async () => {
    const file = join(folder, 'smoke.json');
    const recorded = await run(['golden', 'record', 'smoke', '--file', file], environment);
    expect(recorded).toMatchObject({ code: 0, stderr: expect.stringContaining('Recorded 5 conversations') });
    const kept = await run(['golden', 'verify', file, '--service', 'LEGACY'], environment);
    expect(kept).toMatchObject({ code: 0, stderr: expect.stringContaining('LEGACY answers as recorded.') });

    const suite = JSON.parse(readFileSync(file, 'utf8'));
    suite.cases[0].result.replies[0] = 'Good morning.';
    writeFileSync(file, JSON.stringify(suite));
    const broken = await run(['golden', 'verify', file, '--service', 'LEGACY'], environment);
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('simple_greeting replies[0]') });

    const shared = await run(['golden', 'verify', 'smoke', '--service', 'LEGACY'], environment);
    expect(shared).toMatchObject({ code: 0, stderr: expect.stringContaining('LEGACY answers as recorded.') });
    expect((await run(['golden', 'list'], environment)).stdout.trim().split('\n')).toHaveLength(2);
  });

  it('says what is wrong with a feature that is none', async () => {
    expect(await run(['rollback', 'chats'], environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be one of'),
    });
  });
});

describe('rolling back while the gateway is down', () => {
  const data = join(folder, 'data');
  const environment = {
    DATA_DIR: data,
    PORT: '0',
    LOG_LEVEL: 'silent',
    SIGNALBOX_URL: 'http://127.0.0.1:9/graphql',
  };

  it.each([
    ['is missing', () => {}],
    ['is empty, as a mount that is missing', (elsewhere: string) => mkdirSync(elsewhere)],
  ])('refuses to make a database of its own where the folder %s', async (_, prepare) => {
    const elsewhere = join(mkdtempSync(join(folder, 'rollback-')), 'elsewhere');
    prepare(elsewhere);
    const { code, stderr } = await run(['rollback'], { ...environment, DATA_DIR: elsewhere });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no database in') });
    expect(existsSync(join(elsewhere, 'postgres'))).toBe(false);
  });

  it.each([500, 503])('takes a page of a proxy for no gateway: %d', async (status) => {
    await using proxy = await startProvider((_, response) => {
      response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>The upstream is down</h1>');
    });
    const { code, stderr } = await run(['rollback'], {
      ...environment,
      SIGNALBOX_URL: proxy.url,
      DATA_DIR: join(folder, 'elsewhere'),
    });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/No gateway answers at[\s\S]*There is no database in/),
    });
  });

  it('writes into its database, and the gateway that starts next keeps to it', async () => {
    let url = '';
    {
      await using serving = new Command(['serve'], environment);
      url = await serving.says(/answers at (\S+)/);
      const set = [
        'features',
        'set',
        'chat',
        '--on',
        '--percent',
        '50',
        '--reason',
        'a canary',
        '--server',
        url,
      ];
      expect((await run(set, environment)).code).toBe(0);
      serving.interrupt();
      expect(await serving.code).toBe(0);
    }
    const back = await run(['rollback', 'chat', '--reason', 'the night shift'], environment);
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/CHAT\s+off\s+0 %/),
      stderr: expect.stringMatching(/No gateway answers at[\s\S]*Rolled back in the database/),
    });
    await using serving = new Command(['serve'], environment);
    url = await serving.says(/answers at (\S+)/);
    const { stdout } = await run(['features', '--server', url], environment);
    expect(stdout).toMatch(/CHAT\s+off\s+0 %.*the night shift/);
    serving.interrupt();
    await serving.code;
  }, 180_000);
});

describeOnServer('rolling back in a database that no gateway has used', () => {
  it('is refused, and leaves it as it is', async () => {
    const database = await createOnServer();
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'silent' };
    try {
      const unused = await run(['rollback', '--offline'], environment);
      expect(unused).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database in') });
      expect(await storeExists({ databaseUrl: database.url, dataDir: '' })).toBe(false);

      await (await database.open()).close();
      const used = await run(['rollback', '--offline'], environment);
      expect(used).toMatchObject({ code: 0, stderr: expect.stringContaining('Rolled back in the database') });
    } finally {
      await database.drop();
    }
  }, 180_000);
});
