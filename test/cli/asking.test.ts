import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Signalbox, unwrap } from '../../sdk/index.ts';
import { Storyteller } from '../sdk/storyteller.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { Command, penguins, run } from './command.ts';

const token = 'a-token-of-sixteen';
const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
/** Its report never gets written. */
const silentOne = new Storyteller(1);
let gateway: TestGateway;
let signalbox: Signalbox;
let environment: Record<string, string>;

beforeAll(async () => {
  gateway = await startGateway({
    listens: true,
    analysts: [silentOne],
    environment: { AUTH_TOKENS: `ada=${token}` },
  });
  signalbox = connect(gateway.url, { token });
  environment = { SIGNALBOX_URL: gateway.url, SIGNALBOX_TOKEN: token };
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(): Promise<string> {
  const session = unwrap(await signalbox.createSession());
  const request = { sessionId: session.id, message: 'Tell me.', model: silentOne.model };
  return unwrap(await signalbox.startAnalysis(request)).id;
}

describe('analysing a file on a running gateway', () => {
  it('prints the report, says on stderr how it goes, and writes the report to a file', async () => {
    const file = join(folder, 'report.html');
    const question = 'Which species is heaviest?';
    const { code, stdout, stderr } = await run(
      ['analyze', penguins, question, '--report', file],
      environment,
    );
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^\[1\/5\] .+\n(.+\n)*\[5\/5\] .+\nThe report is in .+\n$/),
    });
    expect(stdout).toContain('Gentoo');
    expect(stdout).not.toMatch(/\*\*|^#|\\_/m);
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/i);
  });

  it('prints one JSON document and nothing else, in the language that was asked for', async () => {
    const args = ['analyze', penguins, '種ごとの体重の中央値', '--json', '--language', 'ja'];
    const { code, stdout, stderr } = await run(args, environment);
    expect(code).toBe(0);
    const job = JSON.parse(stdout);
    expect(job).toMatchObject({ __typename: 'AnalysisJob', status: 'COMPLETED' });
    expect(job.result.report.markdown).toContain('Gentoo');
    expect(stderr).toContain('レポート生成中');
  });

  it('says what is wrong with a file, a model, a token', async () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, 'a,b\n1,2\n"open');
    const file = await run(['analyze', bad, 'why?'], environment);
    expect(file).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/file: .*line/i) });

    const model = await run(['analyze', penguins, 'why?', '--model', 'oracle'], environment);
    expect(model).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('model: must be one of: builtin'),
    });

    const stranger = await run(['jobs'], { SIGNALBOX_URL: gateway.url });
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining('SIGNALBOX_TOKEN') });
  });

  it('cancels the job on Ctrl-C, waits for that, and ends with 130', async () => {
    const args = ['analyze', penguins, 'Tell me.', '--model', silentOne.model, '--json'];
    await using command = new Command(args, environment);
    await command.says(/\[5\/5\]/);
    command.interrupt();
    expect(await command.code).toBe(130);
    const job = JSON.parse(command.stdout);
    expect(job).toMatchObject({ status: 'CANCELLED', result: null });
    expect((await signalbox.job(job.id))?.status).toBe('CANCELLED');
    expect(command.leftovers).toBe(false);
  });
});

describe('looking after jobs', () => {
  it('lists, follows and cancels one', async () => {
    const id = await begin();
    await using watching = new Command(['watch', id], environment);
    await watching.says(/\[4\/4\]/);

    const running = await run(['jobs', '--status', 'RUNNING', 'STARTED', '--json'], environment);
    expect(JSON.parse(running.stdout)).toMatchObject([{ id, status: 'RUNNING' }]);

    expect(await run(['cancel', id], environment)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/CANCELL/),
    });
    expect(await watching.code).toBe(4);
    expect(watching.stderr).toContain('The job was cancelled.');

    const listed = await run(['jobs', '--limit', '1'], environment);
    expect(listed.stdout).toMatch(new RegExp(`${id} +CANCELLED +ANALYSIS .* Tell me\\.\n`));
  });

  it('leaves the job alone where only the watching is interrupted', async () => {
    const id = await begin();
    await using watching = new Command(['watch', id], environment);
    await watching.says(/\[4\/4\]/);
    watching.interrupt();
    expect(await watching.code).toBe(130);
    expect((await signalbox.job(id))?.status).toBe('RUNNING');
    unwrap(await signalbox.cancel(id));
  });

  it('prints events as lines of JSON', async () => {
    const session = unwrap(await signalbox.createSession());
    const { id } = unwrap(await signalbox.startAnalysis({ sessionId: session.id, message: 'Hello' }));
    const { code, stdout } = await run(['watch', id, '--json'], environment);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)).toMatchObject({ __typename: 'JobFinished' });
    expect(code).toBe({ COMPLETED: 0, FAILED: 3 }[events.at(-1).job.status as string]);
  });

  it.each(['watch', 'cancel'])('says that there is no such job to %s', async (command) => {
    const missing = 'job_01m9x2k3v8e5tqf0h6w7c4b1zr';
    expect(await run([command, missing], environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(missing),
    });
  });
});
