import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { Command, run } from './command.ts';

const token = 'a-token-of-sixteen';
let gateway: TestGateway;
let environment: Record<string, string>;
beforeAll(async () => {
  gateway = await startGateway({
    listens: true,
    environment: { AUTH_TOKENS: `ada=${token}`, ROLLOUT_LOOK_SECONDS: '1' },
  });
  environment = { SIGNALBOX_URL: gateway.url, SIGNALBOX_TOKEN: token };
});
afterAll(() => gateway[Symbol.asyncDispose]());

const start = (feature: string, ...more: string[]) => [
  ...['rollout', 'start', feature, '--steps', '10,50', '--reason', 'a test'],
  ...more,
];
const featureOf = (name: 'CHAT' | 'SCENARIO' | 'WATCH') => gateway.gateway.migration.flags.feature(name);

describe('a rollout from the command line', () => {
  it('shows each decision, and is cancelled with Ctrl-C: the share stays', async () => {
    await using command = new Command(start('chat', '--min-requests', '5', '--json'), environment);
    const id = await command.says(/The rollout is (job_\S+)\./);
    await command.says(/\d{2}:\d{2}:\d{2} {2}Step 1 of 2: CHAT is set to 10 %\./);
    await command.says(/Holding at 10 %\. The step lasts \d+ s more\./);
    command.interrupt();
    expect(await command.code).toBe(130);
    expect(command.stderr).toMatch(/WARN Cancelled: CHAT stays at 10 %\./);
    expect(JSON.parse(command.stdout)).toMatchObject({
      id,
      __typename: 'RolloutJob',
      status: 'CANCELLED',
      currentPercentage: 10,
      minRequestsPerStep: 5,
      steps: [10, 50],
      stepSeconds: 3_600,
      reason: 'a test',
    });
    expect(featureOf('CHAT')).toMatchObject({ enabled: true, rolloutPercentage: 10 });
  });

  it('is left to the gateway, watched, and cancelled by somebody else', async () => {
    const { code, stdout } = await run(start('watch', '--detach'), environment);
    const id = stdout.trim();
    expect({ code, id }).toEqual({ code: 0, id: expect.stringMatching(/^job_\w+$/) });
    const listed = await run(['jobs'], environment);
    expect(listed.stdout).toMatch(new RegExp(`${id}.*ROLLOUT.*WATCH: 10, 50 %`));

    await using watching = new Command(['rollout', 'watch', id], environment);
    await watching.says(/Holding at 10 %/);
    const cancelled = await run(['rollout', 'cancel', id], environment);
    expect(cancelled).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
    expect(await watching.code).toBe(4);
    expect(watching).toMatchObject({
      stdout: 'WATCH is at 10 %.\n',
      stderr: expect.stringContaining('The job was cancelled.'),
    });
  });

  it('goes on where nobody watches any more', async () => {
    const id = (await run(start('scenario', '--detach'), environment)).stdout.trim();
    await using watching = new Command(['rollout', 'watch', id, '--json'], environment);
    await expect.poll(() => watching.stdout).toContain('Holding at 10 %');
    watching.interrupt();
    expect(await watching.code).toBe(130);
    const events = watching.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));

    const busy = await run(start('scenario'), environment);
    expect(busy).toMatchObject({ code: 1, stderr: expect.stringContaining(`is under way: ${id}`) });

    await using failing = new Command(['rollout', 'watch', id], environment);
    await failing.says(/Holding/);
    await run(['features', 'set', 'scenario', '--off', '--reason', 'enough'], environment);
    expect(await failing.code).toBe(3);
    expect(failing.stderr).toMatch(/SCENARIO was changed by ada.*enough \[INTERRUPTED\]/);
  });

  it.each([
    ['of shares that do not rise', ['--steps', '50,10'], 1, 'steps: must be whole numbers'],
    ['of shares that are none', ['--steps', 'all'], 2, 'must be a whole number'],
    ['of more than all', ['--steps', '10,200'], 2, 'from 0 to 100'],
  ])('says what is wrong with one %s', async (_, more, code, words) => {
    expect(await run(start('chat', ...more), environment)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringContaining(words),
    });
  });

  it('says where an id is of no rollout', async () => {
    for (const command of ['watch', 'cancel'])
      expect(await run(['rollout', command, 'job_01m9x2k3v8e5tqf0h6w7c4b1zr'], environment)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('No rollout has the id'),
      });
  });
});
