import { describe, expect, it } from 'vitest';
import {
  checkOutput,
  evaluateTransform,
  type Gathered,
  gather,
} from '../../../src/services/workflows/gathering.ts';
import { edge, graphOf, thread } from './graphs.ts';

const fill = (template: Record<string, unknown>, input: unknown): Gathered =>
  gather(graphOf([thread('a', { input: template })]), 'a', { input, outputs: new Map() });

/** What `b` is given after `a` gave `output`. */
const flow = (more: Parameters<typeof edge>[2], output: unknown, own: Record<string, unknown> = {}) =>
  gather(graphOf(['a', thread('b', { input: own })], [edge('a', 'b', more)]), 'b', {
    input: { base: 10 },
    outputs: new Map([['a', output]]),
  });
const failure = (message: string, code = 'INVALID_THREAD_INPUT') => ({
  failure: { code, message: expect.stringContaining(message), retryable: false },
});

describe('templates in a thread’s input', () => {
  it('become the value of their expression, or part of a text', () => {
    const template = {
      whole: '${input.list}',
      part: 'Hi ${input.name}, ${input.n + 1} times, ${input.ok}',
      nested: { deep: ['${input.n}', 'as it is'] },
      plain: 7,
    };
    expect(fill(template, { list: [1, 2], name: 'Ada', n: 2, ok: true })).toEqual({
      input: {
        whole: [1, 2],
        part: 'Hi Ada, 3 times, true',
        nested: { deep: [2, 'as it is'] },
        plain: 7,
      },
    });
  });

  it('are escaped by another $, and may have braces and quotes inside', () => {
    const template = {
      cost: 'costs $5',
      literal: '$${input.n}',
      object: '${{"a": {"b": input.n}}}',
      text: '${"}" + input.s}!',
    };
    expect(fill(template, { n: 1, s: 'x' })).toEqual({
      input: { cost: 'costs $5', literal: '${input.n}', object: { a: { b: 1 } }, text: '}x!' },
    });
  });

  it('fail the thread, by their path, where the input lacks something', () => {
    expect(fill({ q: { text: '${input.nothing}' } }, {})).toEqual(failure('q.text: No such key: nothing'));
    expect(fill({ q: 'a ${input.list}' }, { list: [] })).toEqual(
      failure('${input.list} gave a list, which cannot stand in a text'),
    );
  });
});

describe('data flow', () => {
  it('merges an object over the thread’s own input, and anything else under its source’s name', () => {
    expect(flow({ type: 'DATA_FLOW' }, { x: 1, y: 2 }, { x: 0, z: 3 })).toEqual({
      input: { x: 1, y: 2, z: 3 },
    });
    expect(flow({ type: 'DATA_FLOW' }, [1, 2])).toEqual({ input: { a: [1, 2] } });
    expect(flow({ type: 'DATA_FLOW' }, null)).toEqual({ input: { a: null } });
  });

  it('takes nothing along a SEQUENTIAL dependency that does not say so', () => {
    expect(flow({}, { x: 1 })).toEqual({ input: {} });
  });

  it('transforms with `output` and `input`, and maps besides', () => {
    const more = { transform: '{"sum": output.n + input.base}', dataMapping: [{ from: 'n', to: 'raw' }] };
    expect(flow(more, { n: 5 })).toEqual({ input: { sum: 15, raw: 5 } });
    expect(flow({ transform: 'output.n' }, { n: 5 })).toEqual(
      failure('a → b: transform: The expression must give an object'),
    );
  });

  it('maps paths to paths, making objects and lists on the way', () => {
    const dataMapping = [
      { from: 'a.b.0.c', to: 'x.y' },
      { from: 'a.b[1].c', to: 'list[2].z' },
      { from: 'a', to: 'all' },
    ];
    const a = { b: [{ c: 1 }, { c: 2 }] };
    expect(flow({ dataMapping }, { a }, { x: { own: true } })).toEqual({
      input: { x: { own: true, y: 1 }, list: [null, null, { z: 2 }], all: a },
    });
  });

  it('never changes what it was given', () => {
    const output = { keep: { n: 1 } };
    const own = { x: { list: [1] } };
    const dataMapping = [
      { from: 'keep', to: 'x.list.0' },
      { from: 'keep.n', to: 'x.list.1' },
    ];
    expect(flow({ dataMapping }, output, own)).toEqual({ input: { x: { list: [{ n: 1 }, 1] } } });
    expect(output).toEqual({ keep: { n: 1 } });
    expect(own).toEqual({ x: { list: [1] } });
  });

  it('fails the target, naming dependency and path, where nothing is', () => {
    const missing = (from: string) => flow({ dataMapping: [{ from, to: 'x' }] }, { a: [1], s: 'text' });
    for (const from of ['b', 'a.1', 'a.length', 's.length', 'a.0.x', 'toString'])
      expect(missing(from)).toEqual(failure(`a → b: the output of a has nothing at ${from}`));
  });

  it('fails the target where something else is in the way', () => {
    const to = (path: string) =>
      flow({ dataMapping: [{ from: 'n', to: path }] }, { n: 1 }, { list: [1], text: 'x' });
    expect(to('list.name')).toEqual(failure('cannot write to list.name: there is a list'));
    expect(to('text.name')).toEqual(failure('there is a string where name should go'));
  });

  it('cannot reach into prototypes', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}');
    const gathered = flow({ type: 'DATA_FLOW' }, hostile);
    if (!('input' in gathered)) throw new Error('not gathered');
    expect(Object.entries(gathered.input)).toEqual(Object.entries(hostile));
    expect(Object.getPrototypeOf(gathered.input)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is over the sources in the order of the definition, the later one winning', () => {
    const graph = graphOf(
      ['a', 'b', 'c'],
      [edge('b', 'c', { type: 'DATA_FLOW' }), edge('a', 'c', { type: 'DATA_FLOW' })],
    );
    const outputs = new Map([
      ['a', { x: 'a', y: 'a' }],
      ['b', { x: 'b', z: 'b' }],
    ]);
    expect(gather(graph, 'c', { input: {}, outputs })).toEqual({ input: { x: 'a', y: 'a', z: 'b' } });
  });

  it('leaves out the alternatives of ANY that are not satisfied', () => {
    const dependencies = ['a', 'b', 'late'].map((source) =>
      edge(source, 'c', { type: 'DATA_FLOW', condition: 'output.ok' }),
    );
    const graph = graphOf(['a', 'b', 'late', thread('c', { join: 'ANY' })], dependencies);
    const outputs = new Map([
      ['a', { ok: false, from: 'a' }],
      ['b', { ok: true, from: 'b' }],
    ]);
    expect(gather(graph, 'c', { input: {}, outputs })).toEqual({ input: { ok: true, from: 'b' } });
  });

  it('does not start a thread whose conditions do not hold', () => {
    const edgeOf = { condition: 'output.ok' };
    expect(flow(edgeOf, {})).toEqual(failure('a → b cannot be evaluated', 'CONDITION_FAILED'));
    expect(flow(edgeOf, { ok: false })).toEqual(failure('not satisfied', 'CONDITION_FAILED'));
  });

  it('is bounded in size and depth', () => {
    expect(flow({ type: 'DATA_FLOW' }, { text: 'x'.repeat(5_000_000) })).toEqual(
      failure('more than 4194304 characters'),
    );
    let deep: unknown = 1;
    for (let at = 0; at < 300; at += 1) deep = [deep];
    expect(flow({ type: 'DATA_FLOW' }, { deep })).toEqual(failure('nests deeper than 200'));
  });
});

describe('schemas of a thread', () => {
  const schema = { type: 'object', required: ['n'], properties: { n: { type: 'number' } } };

  it('hold for its input as it was gathered', () => {
    const graph = graphOf([thread('a', { input: { n: '${input.n}' }, inputSchema: schema })]);
    const given = (n: unknown) => gather(graph, 'a', { input: { n }, outputs: new Map() });
    expect(given(1)).toEqual({ input: { n: 1 } });
    expect(given('x')).toEqual(failure('input.n must be number'));
  });

  it('hold for its output', () => {
    const graph = graphOf([thread('a', { outputSchema: schema }), 'b']);
    expect(checkOutput(graph, 'a', { n: 1 })).toBeNull();
    expect(checkOutput(graph, 'a', {})).toEqual({
      code: 'INVALID_THREAD_OUTPUT',
      message: "output must have required property 'n'",
      retryable: false,
    });
    expect(checkOutput(graph, 'b', 'anything')).toBeNull();
  });
});

describe('a TRANSFORM thread', () => {
  const transform = (expression: string) =>
    graphOf(
      ['a', thread('t', { kind: 'TRANSFORM', input: { expression, own: '${input.base}' } })],
      [edge('a', 't', { type: 'DATA_FLOW' })],
    );

  it('evaluates its expression over what flowed in and the workflow’s input', () => {
    const graph = transform('{"total": inputs.n + inputs.own + input.base}');
    const gathered = gather(graph, 't', { input: { base: 10 }, outputs: new Map([['a', { n: 1 }]]) });
    expect(gathered).toEqual({ input: { own: 10, n: 1 } });
    if (!('input' in gathered)) throw new Error('not gathered');
    expect(evaluateTransform(graph, 't', gathered.input, { base: 10 })).toEqual({ output: { total: 21 } });
  });

  it('fails where its expression does, and is not tried again', () => {
    expect(evaluateTransform(transform('inputs.nothing'), 't', {}, {})).toEqual(
      failure('No such key: nothing', 'TRANSFORM_FAILED'),
    );
  });
});
