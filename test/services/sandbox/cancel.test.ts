import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Sandbox } from '../../../src/services/sandbox/index.ts';
import { failureOf, never } from './workbench.ts';

/** Processes whose parent is `pid`. */
async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map(async (child) => {
      const stat = await readFile(`/proc/${child}/stat`, 'latin1').catch(() => '');
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    }),
  );
  return pids.filter((_, i) => parents[i] === pid).map(Number);
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await pause(20);
}

const isBusy = async (pid: number): Promise<boolean> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return user + system > 60; // hundredths of a second: beyond starting up
};

const endless: [what: string, code: string][] = [
  ['a loop', 'for (;;) {}'],
  [
    'an allocation',
    'const a = []; for (;;) { a.push(new Array(1e4).fill(1)); if (a.length > 200) a.length = 0 }',
  ],
  ['a query', 'sql("select count(*) from range(1000000000000) t(a) where a % 7 = 3")'],
  [
    'a chart',
    'chart("c", {mark: "bar", data: {sequence: {start: 0, stop: 1e8}}, transform: [{calculate: "sin(datum.data)", as: "s"}], encoding: {x: {field: "s", bin: true}}})',
  ],
];

describe('cancelling', () => {
  it.each(endless)('ends %s at once, and the gateway never waits', async (_, code) => {
    const sandbox = new Sandbox({ limits: { timeoutMs: 60_000 } });
    const before = await childrenOf(process.pid);
    const cancel = new AbortController();
    const outcome = failureOf(sandbox.run(code, undefined, cancel.signal));
    let pid = 0;
    await until(async () => {
      [pid = 0] = (await childrenOf(process.pid)).filter((child) => !before.includes(child));
      return pid !== 0 && (await isBusy(pid));
    });

    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const cancelledAt = performance.now();
    cancel.abort(new Error('changed my mind'));
    expect((await outcome).message).toBe('changed my mind');
    clearInterval(ticking);

    expect(performance.now() - cancelledAt).toBeLessThan(2_000);
    expect(longest).toBeLessThan(500);
    expect(await childrenOf(process.pid)).not.toContain(pid);
  });

  it('before the start starts nothing', async () => {
    const before = await childrenOf(process.pid);
    const error = await failureOf(
      new Sandbox().run('print(1)', undefined, AbortSignal.abort('no')).catch((reason) => {
        throw new Error(reason);
      }),
    );
    expect(error.message).toBe('no');
    expect(await childrenOf(process.pid)).toEqual(before);
  });
});

describe('more calls than the sandbox has places', () => {
  it('wait in line', async () => {
    const sandbox = new Sandbox({ concurrency: 2 });
    const before = (await childrenOf(process.pid)).length;
    let most = 0;
    let done = false;
    const runs = Promise.all(
      Array.from({ length: 5 }, (_, i) => sandbox.run(`print(${i})`, undefined, never)),
    ).finally(() => {
      done = true;
    });
    await until(async () => {
      most = Math.max(most, (await childrenOf(process.pid)).length - before);
      return done;
    });
    expect((await runs).map(({ output }) => output.trim())).toEqual(['0', '1', '2', '3', '4']);
    expect(most).toBe(2);
  });

  it('can be cancelled while they wait', async () => {
    const sandbox = new Sandbox({ concurrency: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = failureOf(sandbox.run('for (;;) {}', undefined, first.signal));
    const waiting = failureOf(sandbox.run('print(1)', undefined, second.signal));
    second.abort(new Error('too slow'));
    expect((await waiting).message).toBe('too slow');

    const next = sandbox.run('print("next")', undefined, never);
    first.abort(new Error('stop'));
    expect((await running).message).toBe('stop');
    expect((await next).output).toBe('next\n');
  });
});

describe('a gateway that is killed', () => {
  it.each(endless)(
    'leaves no child with %s behind',
    async (_, code) => {
      const gateway: ChildProcess = spawn(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { Sandbox } from ${JSON.stringify(import.meta.resolve('../../../src/services/sandbox/index.ts'))};
         await new Sandbox({ limits: { timeoutMs: 60_000 } })
           .run(${JSON.stringify(code)}, undefined, new AbortController().signal);`,
        ],
        { stdio: 'inherit' },
      );
      let child = 0;
      await until(async () => {
        [child = 0] = await childrenOf(gateway.pid!);
        return child !== 0 && (await isBusy(child));
      });

      gateway.kill('SIGKILL');
      await once(gateway, 'exit');
      await until(async () =>
        (await readFile(`/proc/${child}/stat`, 'latin1').catch(() => ') Z')).includes(') Z'),
      );
    },
    20_000,
  );
});
