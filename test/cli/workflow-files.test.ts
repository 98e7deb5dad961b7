import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { understand } from '../../src/cli/workflow-definition.ts';
import { readYaml } from '../../src/cli/workflow-yaml.ts';

function read(text: string) {
  const document = readYaml(text);
  if ('problems' in document) return { workflow: null, problems: document.problems };
  return understand(document);
}

/** A workflow that nothing is wrong with. */
function right(text: string) {
  const { workflow, problems } = read(text);
  expect(problems).toEqual([]);
  return workflow!;
}

const SNAKE = `
threads:
  - name: data_processing
    kind: transform
    input: {expression: "{'processed_data': 1}"}
  - name: analysis
    kind: background_task
    input_schema: {type: object}
    max_retries: 2
    timeout: 60
    join: any
dependencies:
  - source_thread: data_processing
    target_thread: analysis
    type: sequential
    data_mapping:
      processed_data: question
coordination_policy: adaptive
error_handling: {max_retries: 3, retry_delay: 1000}
coordination: {max_parallel_threads: 7, timeout: 300}
`;

const CAMEL = `
threads:
  data_processing:
    kind: TRANSFORM
    input: {expression: "{'processed_data': 1}"}
  analysis:
    kind: BACKGROUND_TASK
    inputSchema: {type: object}
    maxRetries: 2
    timeoutSeconds: 60
    join: ALL
    join: ANY
dependencies:
  - source: data_processing
    target: analysis
    type: SEQUENTIAL
    dataMapping: [{from: processed_data, to: question}]
policy: ADAPTIVE
errorHandling: {maxRetries: 3, retryDelayMs: 1000}
coordination: {maxParallelThreads: 7, threadTimeoutSeconds: 300}
`.replace('    join: ALL\n', '');

describe('reading a workflow', () => {
  it('understands snake_case and camelCase, lists and mappings, as the same', () => {
    const { definition } = right(SNAKE);
    expect(definition).toEqual({
      threads: [
        { name: 'data_processing', kind: 'TRANSFORM', input: { expression: "{'processed_data': 1}" } },
        {
          name: 'analysis',
          kind: 'BACKGROUND_TASK',
          inputSchema: { type: 'object' },
          maxRetries: 2,
          timeoutSeconds: 60,
          join: 'ANY',
        },
      ],
      dependencies: [
        {
          source: 'data_processing',
          target: 'analysis',
          type: 'SEQUENTIAL',
          dataMapping: [{ from: 'processed_data', to: 'question' }],
        },
      ],
      policy: 'ADAPTIVE',
      maxParallelThreads: 7,
      threadTimeoutSeconds: 300,
      maxRetries: 3,
      retryDelayMs: 1_000,
    });
    expect(right(CAMEL).definition).toEqual(definition);
  });

  it('understands the block `coordination` as it was once configured, and that it is switched off', () => {
    const { definition, enabled } = right(`
threads: [{name: a, kind: transform, max_retries: 5, input: {expression: "1"}}]
coordination:
  enabled: false  # until it is needed
  policy: "best_effort"
  max_parallel_threads: 5
  timeout: 300
  enable_retry: false
  max_retries: 3
`);
    expect(enabled).toBe(false);
    expect(definition).toMatchObject({
      policy: 'BEST_EFFORT',
      maxParallelThreads: 5,
      threadTimeoutSeconds: 300,
    });
    // No retries means none, whatever is said about their number.
    expect(definition.maxRetries).toBe(0);
    expect(definition.threads[0]?.maxRetries).toBe(0);
  });

  it('understands the example of the guide', () => {
    const guide = readFileSync(new URL('../../docs/workflows.md', import.meta.url), 'utf8');
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
    const { definition, datasets, input } = right(example);
    expect(definition).toMatchObject({
      threads: [{ name: 'analysis' }, { name: 'report_generation' }],
      dependencies: [{ type: 'DATA_FLOW', dataMapping: [{ from: 'report.markdown', to: 'text' }] }],
      policy: 'ADAPTIVE',
      retryDelayMs: 1_000,
    });
    expect([...datasets.keys()]).toEqual(['penguins']);
    expect(input).toEqual({ question: 'Which species is heaviest?' });
  });

  it('leaves to the API what the file says nothing about', () => {
    expect(right('threads: [{name: a, kind: chat}]').definition).toEqual({
      threads: [{ name: 'a', kind: 'CHAT' }],
      dependencies: [],
    });
  });

  it('says at once all that is wrong, each with its line', () => {
    const { workflow, problems } = read(`threads:
  - name: a
    kind: dance
  - kind: transform
    input: [1]
  - name: 7
    kind: chat
    colour: red
dependencies:
  - source_thread: a
    type: sideways
    data_mapping: {x: 1}
  - hello
coordination_policy: lenient
coordination: {policy: strict, max_parallel_threads: many, enabled: perhaps}
error_handling: {max_retries: 1.5}
`);
    expect(workflow).toBeNull();
    expect(problems.map(({ line, message }) => `${line} ${message.split(';')[0]}`)).toEqual([
      '3 threads.0.kind: must be one of: analysis, background_task, chat, transform',
      '4 threads.1: name is missing',
      '5 threads.1.input: must be a mapping',
      '6 threads.2.name: must be text',
      '8 threads.2.colour: is nothing that a workflow has here',
      '10 dependencies.0: target_thread is missing',
      '11 dependencies.0.type: must be one of: sequential, parallel, data_flow, conditional',
      '12 dependencies.0.data_mapping.x: must be the path in the target’s input, as text',
      '13 dependencies.1: must be a mapping, with a `name: value` on each line',
      '14 coordination_policy: must be one of: best_effort, strict, adaptive',
      '16 error_handling.max_retries: must be an integer',
      '15 coordination.max_parallel_threads: must be an integer',
      '15 coordination.enabled: must be true or false',
    ]);
  });

  it.each([
    ['two policies', 'coordination_policy: strict\ncoordination: {policy: adaptive}', 'says something else'],
    ['one field twice', 'coordination: {max_retries: 1, maxRetries: 2}', 'is there as max_retries already'],
    [
      'two names of one field',
      'coordination: {timeout: 1, threadTimeoutSeconds: 2}',
      'says something else than timeout',
    ],
    [
      'two counts of retries',
      'error_handling: {max_retries: 1}\ncoordination: {max_retries: 2}',
      'says something else',
    ],
    ['a number that JSON has not', 'input: {a: [.inf]}', 'holds a number that JSON has not'],
    ['a data set without a file', 'datasets: [a.csv]', 'must be `name: path of the file`'],
  ])('refuses what it could only guess at: %s', (_, more, message) => {
    const { workflow, problems } = read(`threads: [{name: a, kind: chat}]\n${more}\n`);
    expect(workflow).toBeNull();
    expect(problems).toMatchObject([{ line: expect.any(Number), message: expect.stringContaining(message) }]);
  });

  it.each([
    ['a bracket that stays open', 'threads: [\n  {name: a', 2],
    ['a key that is there twice', 'threads: []\nthreads: []\n', 2],
    ['a tab', 'threads:\n\t- name: a\n', 2],
  ])('says where it is no YAML: %s', (_, text, line) => {
    const { workflow, problems } = read(text);
    expect(workflow).toBeNull();
    expect(problems[0]).toMatchObject({ message: expect.stringMatching(/^This is no YAML: ./) });
    expect(problems[0]?.line).toBeGreaterThanOrEqual(line - 1);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['a list', '- a\n- b\n'],
  ])('refuses %s', (_, text) => {
    expect(read(text)).toMatchObject({
      workflow: null,
      problems: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('must be a mapping') }),
      ]),
    });
  });

  it('refuses a file that multiplies itself', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${
          i === 0
            ? '1'
            : Array(9)
                .fill(`*l${i - 1}`)
                .join(', ')
        }]`,
    );
    const { workflow, problems } = read(levels.join('\n'));
    expect(workflow).toBeNull();
    expect(problems).toMatchObject([{ line: null, message: expect.stringMatching(/alias/i) }]);
  });

  it('refuses a part that stands inside of itself', () => {
    const { workflow, problems } = read('threads: []\ninput: &whole\n  a: {b: [*whole]}\n');
    expect(workflow).toBeNull();
    expect(problems).toEqual([
      { line: 3, message: '*whole stands inside of what it stands for, so that it would never end' },
    ]);
    // A name that is given again means the newer part.
    const { input } = right(
      'input: &part {a: &part 1, b: *part}\nthreads: [{name: a, kind: transform, input: {expression: "1"}}]\n',
    );
    expect(input).toEqual({ a: 1, b: 1 });
  });

  it('lets parts be written once and named again', () => {
    const { definition } = right(
      'threads:\n  - &one {name: a, kind: transform, input: {expression: "1"}}\n  - {name: b, kind: transform, input: {expression: "2"}}\n',
    );
    expect(definition.threads).toHaveLength(2);
  });
});
