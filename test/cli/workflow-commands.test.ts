import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Signalbox } from '../../sdk/index.ts';
import { Storyteller } from '../sdk/storyteller.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { Command, run } from './command.ts';

const examples = fileURLToPath(new URL('../../examples/workflows/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
/** Its report never gets written. */
const silentOne = new Storyteller(1);
let gateway: TestGateway;
let signalbox: Signalbox;
let environment: Record<string, string>;

beforeAll(async () => {
  gateway = await startGateway({ listens: true, analysts: [silentOne] });
  signalbox = connect(gateway.url);
  environment = { SIGNALBOX_URL: gateway.url };
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** As it was once proposed, word for word. */
const SEED = `# configuration of dependencies
dependencies:
  - source_thread: "data_processing"
    target_thread: "analysis"
    type: "sequential"
    data_mapping:
      "processed_data": "input_data"
  
  - source_thread: "analysis"
    target_thread: "report_generation"
    type: "data_flow"
    condition: "lambda data: data.get('analysis_complete', False)"

coordination_policy: "adaptive"
error_handling:
  max_retries: 3
  retry_delay: 1000
`;
const THREADS = `threads:
  - {name: data_processing, kind: transform, input: {expression: "{'processed_data': [1, 2, 3]}"}}
  - {name: analysis, kind: transform, input: {expression: "{'analysis_complete': true, 'count': size(inputs.input_data)}"}}
  - {name: report_generation, kind: transform, input: {expression: "'There are ' + string(inputs.count) + '.'"}}
`;
const CEL = 'has(output.analysis_complete) ? output.analysis_complete : false';
const inCel = (text: string) => text.replace(/condition: .*/, `condition: "${CEL}"`);

describe('checking a workflow', () => {
  it('says all that the seed’s own example lacks, with its lines, and how its lambda is written today', async () => {
    const path = file('seed.yaml', SEED);
    const { code, stdout, stderr } = await run(['workflow', 'check', path], environment);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => line.replace(`${path}:`, ''));
    expect(lines).toEqual([
      expect.stringMatching(/^2: threads: must say which threads there are/),
      '3: data_processing → analysis: there is no thread "data_processing".',
      '4: data_processing → analysis: there is no thread "analysis".',
      '9: analysis → report_generation: there is no thread "analysis".',
      '10: analysis → report_generation: there is no thread "report_generation".',
      expect.stringContaining(
        `12: analysis → report_generation: condition: This is Python; conditions are written in CEL. Write: ${CEL}`,
      ),
      '6 problems.',
    ]);
  });

  it('accepts it with its threads declared and its condition in CEL, and prints the levels', async () => {
    const path = file('mended.yaml', THREADS + inCel(SEED));
    const { code, stdout, stderr } = await run(['workflow', 'check', path], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      'It can run: 3 threads, 2 dependencies, in 3 levels.\n1  data_processing\n2  analysis\n3  report_generation\n',
    );
  });

  it('prints problems of the graph as JSON, each with its line', async () => {
    const path = file(
      'wrong.yaml',
      `threads:
  - {name: a, kind: transform, input: {expression: "1 +"}}
  - name: b
    kind: analysis
    input:
      message: ""
  - {name: b, kind: transform, input: {expression: "1"}, timeout: 60}
dependencies:
  - {source: a, target: b}
  - {source: b, target: a, type: conditional}
  - {source: a, target: a}
`,
    );
    const { code, stdout } = await run(['workflow', 'check', path, '--json'], environment);
    expect(code).toBe(1);
    const { valid, problems, executionOrder } = JSON.parse(stdout);
    expect({ valid, executionOrder }).toEqual({ valid: false, executionOrder: null });
    const told = problems.map(({ line, message }: { line: number; message: string }) => `${line} ${message}`);
    expect(told).toEqual(
      expect.arrayContaining([
        '7 There are several threads named b.',
        expect.stringMatching(/^10 b → a: CONDITIONAL needs a condition/),
        expect.stringMatching(/^11 a cannot depend on itself/),
        expect.stringMatching(/^2 Thread a: input.expression/),
        expect.stringMatching(/^6 Thread b: input.message/),
        expect.stringMatching(/^9 Threads wait for each other: a → b → a/),
      ]),
    );
  });

  it('says where numbers are out of bounds', async () => {
    const path = file(
      'bounds.yaml',
      'threads:\n  - name: a\n    kind: chat\n    timeout: 0\ncoordination:\n  max_parallel_threads: 1000\nerror_handling:\n  retry_delay: -1\n',
    );
    const { code, stderr } = await run(['workflow', 'check', path], environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(/:4: .*threads\.0\.timeoutSeconds: must be 1 to 86400/);
    expect(stderr).toMatch(/:6: .*maxParallelThreads: must be 1 to 100/);
    expect(stderr).toMatch(/:8: .*retryDelayMs: must be 0 to 3600000/);
  });

  it('needs no gateway that runs', async () => {
    const { code, stdout } = await run(['workflow', 'check', join(examples, 'branches.yaml')], {
      TMPDIR: folder,
    });
    expect(code).toBe(0);
    expect(stdout).toContain('4 threads, 4 dependencies, in 3 levels');
  });

  it('says that there is no such file, and refuses one that is too large', async () => {
    const missing = await run(['workflow', 'check', join(folder, 'nowhere.yaml')], environment);
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no such file') });
    const large = file('large.yaml', `# ${'x'.repeat(1024 ** 2)}\n`);
    expect(await run(['workflow', 'check', large], environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('at most 1048576 are allowed'),
    });
  });
});

describe('running a workflow', () => {
  it('tells thread by thread how it goes, and sums up', async () => {
    const path = file('runs.yaml', THREADS + inCel(SEED));
    const { code, stdout, stderr } = await run(['workflow', 'run', path], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^The run is job_/) });
    expect(stderr.match(/^▶ (\w+) +RUNNING$/gm)).toHaveLength(3);
    expect(stderr.match(/^✔ (\w+) +COMPLETED$/gm)).toHaveLength(3);
    expect(stdout).toContain('report_generation:\nThere are 3');
    expect(stdout).toMatch(/COMPLETED: 3 executed, 3 successful \(100 %\)\.\n$/);
  });

  it('ends with 3 where the run failed, and its JSON is the only thing on stdout', async () => {
    const strict = inCel(SEED).replace('adaptive', 'strict');
    const path = file('strict.yaml', THREADS.replace('inputs.input_data', 'inputs.nothing') + strict);
    const { code, stdout, stderr } = await run(['workflow', 'run', path, '--json'], environment);
    expect(code).toBe(3);
    expect(stderr).toMatch(/✘ analysis +FAILED .*nothing/);
    expect(stderr).toContain('The job failed: analysis:');
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'FAILED',
      summary: {
        successfulThreads: ['data_processing'],
        failedThreads: ['analysis'],
        skippedThreads: ['report_generation'],
      },
    });
  });

  it.each([
    ['skip', 0, 'COMPLETED'],
    ['abort', 3, 'FAILED'],
  ])(
    'says how to decide on a thread that waits; %s ends it with %i',
    async (resolution, expected, status) => {
      const path = file(
        `${resolution}.yaml`,
        THREADS.replace('inputs.input_data', 'inputs.nothing') + inCel(SEED),
      );
      await using command = new Command(['workflow', 'run', path], environment);
      const id = await command.says(/workflow resolve (\S+) analysis retry\|skip\|abort/);
      expect(command.stderr).toContain(`--server ${gateway.url}`);

      // It would fail again for the same reason.
      expect(await run(['workflow', 'resolve', id, 'analysis', 'retry'], environment)).toMatchObject({
        code: 0,
      });
      await expect.poll(() => command.stderr.match(/analysis waits for you/g)?.length).toBe(2);
      expect(command.stderr).toContain('(attempt 2)');

      expect(await run(['workflow', 'resolve', id, 'analysis', resolution], environment)).toMatchObject({
        code: 0,
      });
      expect(await command.code).toBe(expected);
      expect(command.stdout).toContain(`${status}: 2 executed, 1 successful (50 %)`);

      const late = await run(['workflow', 'resolve', id, 'analysis', 'skip'], environment);
      expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('over') });
    },
  );

  it('cancels the run on Ctrl-C, waits for that, and ends with 130', async () => {
    const path = file(
      'slow.yaml',
      `threads:
  - {name: slow, kind: analysis, input: {message: Tell me., model: ${silentOne.model}}}
  - {name: after, kind: transform, input: {expression: "1"}}
dependencies: [{source: slow, target: after}]
`,
    );
    await using command = new Command(['workflow', 'run', path, '--json'], environment);
    await command.says(/slow +RUNNING/);
    command.interrupt();
    expect(await command.code).toBe(130);
    const job = JSON.parse(command.stdout);
    expect(job).toMatchObject({ status: 'CANCELLED', summary: { cancelledThreads: ['slow', 'after'] } });
    expect((await signalbox.job(job.threads[0].job.id))?.status).toBe('CANCELLED');
    expect(command.leftovers).toBe(false);
  });

  it('refuses a file with problems, one that is switched off, and an input that is no object', async () => {
    const wrong = await run(['workflow', 'run', file('torn.yaml', SEED)], environment);
    expect(wrong).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('seed.yaml'.replace('seed', 'torn')),
    });
    const off = file('off.yaml', `${THREADS}coordination: {enabled: false}\n`);
    expect(await run(['workflow', 'run', off], environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('coordination.enabled is false'),
    });
    for (const input of ['[1]', '{'])
      expect(await run(['workflow', 'run', off, '--input', input])).toMatchObject({ code: 2 });
    expect(await run(['workflow', 'resolve', 'job_1', 'a', 'perhaps'])).toMatchObject({ code: 2 });
  });
});

describe('the examples', () => {
  it('weather.yaml puts two analyses of a file together', async () => {
    const { code, stdout } = await run(['workflow', 'run', join(examples, 'weather.yaml')], environment);
    expect(code).toBe(0);
    expect(stdout).toContain('1,226');
    expect(stdout).toContain('35.6');
  });

  it('data-report.yaml analyses what an earlier thread chose', async () => {
    const args = ['workflow', 'run', join(examples, 'data-report.yaml'), '--json'];
    const { code, stdout } = await run(args, environment);
    expect(code).toBe(0);
    const { threads } = JSON.parse(stdout);
    expect(threads.at(-1)).toMatchObject({ name: 'report_generation', status: 'COMPLETED' });
    expect(threads.at(-1).output).toMatch(/^Report on: Which species is heaviest\?(?:.|\n)*Gentoo/);
  });

  it('branches.yaml goes the way that its input leads', async () => {
    const path = join(examples, 'branches.yaml');
    const good = await run(['workflow', 'run', path], environment);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('Well done: 2 of 3 are good.') });
    expect(good.stdout).toMatch(/look_into +SKIPPED .*condition/);
    const poor = await run(['workflow', 'run', path, '--input', '{"scores": [0.2, 0.3]}'], environment);
    expect(poor).toMatchObject({ code: 0, stdout: expect.stringContaining('To look into: 0.2, 0.3') });
  });
});
