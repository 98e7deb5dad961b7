import { describe, expect, it } from 'vitest';
import { compile, type InputChecks } from '../../../src/services/workflows/compiling.ts';
import { DependencyGraphError, type GraphProblem } from '../../../src/services/workflows/errors.ts';
import type { GraphDefinition } from '../../../src/services/workflows/types.ts';
import { anything, definition, edge, thread } from './graphs.ts';

function problems(graph: GraphDefinition, checks: InputChecks = anything): GraphProblem[] {
  try {
    compile(graph, checks);
    return [];
  } catch (error) {
    if (error instanceof DependencyGraphError) return error.problems;
    throw error;
  }
}
const codes = (graph: GraphDefinition) => problems(graph).map(({ code }) => code);
const only = (graph: GraphDefinition) => {
  const found = problems(graph);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe('a graph that cannot run', () => {
  it('is told everything at once', () => {
    const graph = definition(
      ['a', 'a', thread('b', { kind: 'TRANSFORM' }), thread('c', { inputSchema: { type: 'x' } })],
      [
        edge('b', 'c'),
        edge('c', 'b'),
        edge('b', 'nobody'),
        edge('c', 'c'),
        edge('a', 'b', { condition: '1 +' }),
      ],
    );
    expect(codes(graph).sort()).toEqual([
      'CYCLE',
      'DUPLICATE_THREAD',
      'INVALID_CONDITION',
      'INVALID_SCHEMA',
      'INVALID_THREAD_INPUT',
      'SELF_DEPENDENCY',
      'UNKNOWN_THREAD',
    ]);
    expect(() => compile(graph, anything)).toThrow(/The dependency graph cannot run: .* And 6 more\./);
  });

  it('CYCLE: shows the way round, once for each knot', () => {
    const found = problems(
      definition(
        ['a', 'b', 'c', 'd', 'x', 'y', 'z'],
        [
          edge('a', 'b'),
          edge('b', 'c'),
          edge('c', 'a'),
          edge('c', 'd'),
          edge('d', 'b'),
          edge('x', 'y'),
          edge('y', 'x'),
          edge('a', 'z'),
        ],
      ),
    );
    expect(found).toEqual([
      {
        code: 'CYCLE',
        message: 'Threads wait for each other: a → b → c → a.',
        threads: ['a', 'b', 'c', 'a'],
      },
      { code: 'CYCLE', message: 'Threads wait for each other: x → y → x.', threads: ['x', 'y', 'x'] },
    ]);
  });

  it('CYCLE: of two thousand threads', () => {
    const names = Array.from({ length: 2_000 }, (_, at) => `t${at}`);
    const found = only(
      definition(
        names,
        names.map((name, at) => edge(name, names[(at + 1) % 2_000]!)),
      ),
    );
    expect(found.threads).toHaveLength(2_001);
    expect(found.message.length).toBeLessThan(300);
  });

  it('UNKNOWN_THREAD: also on a dependency that is disabled or PARALLEL', () => {
    const found = problems(
      definition(['a'], [edge('a', 'x', { enabled: false }), edge('y', 'z', { type: 'PARALLEL' })]),
    );
    expect(found.map(({ code, threads }) => [code, ...threads])).toEqual([
      ['UNKNOWN_THREAD', 'x'],
      ['UNKNOWN_THREAD', 'y'],
      ['UNKNOWN_THREAD', 'z'],
    ]);
  });

  it('DUPLICATE_DEPENDENCY: twice the same type between the same two; others may stand beside', () => {
    const twice = definition(['a', 'b'], [edge('a', 'b'), edge('a', 'b')]);
    expect(only(twice)).toMatchObject({ code: 'DUPLICATE_DEPENDENCY', threads: ['a', 'b'] });
    const beside = [
      edge('a', 'b'),
      edge('a', 'b', { type: 'DATA_FLOW' }),
      edge('a', 'b', { enabled: false }),
    ];
    expect(problems(definition(['a', 'b'], beside))).toEqual([]);
  });

  it('SELF_DEPENDENCY, whatever its type', () => {
    expect(only(definition(['a'], [edge('a', 'a', { type: 'PARALLEL' })])).code).toBe('SELF_DEPENDENCY');
  });

  it.each([
    ['CONDITIONAL without one', { type: 'CONDITIONAL' }, 'needs a condition'],
    ['PARALLEL with one', { type: 'PARALLEL', condition: 'true' }, 'constrains nothing'],
    ['no boolean', { condition: '1 + 1' }, 'must give a boolean'],
    ['empty', { condition: '' }, 'is empty'],
    ['Python', { condition: 'lambda d: d["done"]' }, 'Write: output.done'],
    ['on a disabled dependency', { condition: 'output.', enabled: false }, 'Expected IDENTIFIER'],
  ] as const)('INVALID_CONDITION: %s', (_, more, message) => {
    const found = only(definition(['a', 'b'], [edge('a', 'b', more)]));
    expect(found).toMatchObject({ code: 'INVALID_CONDITION', threads: ['a', 'b'] });
    expect(found.message).toContain(`a → b: `);
    expect(found.message).toContain(message);
  });

  it.each([
    ['an empty path', [{ from: '', to: 'x' }], 'must not be empty'],
    ['no path', [{ from: 'a..b', to: 'x' }], 'is no path'],
    ['no path either', [{ from: 'a[x]', to: 'x' }], 'is no path'],
    ['a dot too many', [{ from: 'a.', to: 'x' }], 'is no path'],
    ['a bracket glued', [{ from: 'a[0]b', to: 'x' }], 'is no path'],
    ['out of the data', [{ from: 'a', to: 'x.__proto__.y' }], 'cannot lead through __proto__'],
    ['a far index', [{ from: 'a', to: 'x.1000' }], 'may be 999 at most'],
    ['an index first', [{ from: 'a', to: '0.x' }], 'begins with a name'],
    [
      'twice',
      [
        { from: 'a', to: 'x' },
        { from: 'b', to: 'x' },
      ],
      'x is mapped twice',
    ],
    [
      'within another',
      [
        { from: 'a', to: 'x' },
        { from: 'b', to: 'x.y' },
      ],
      'lies within x',
    ],
    [
      'over another',
      [
        { from: 'a', to: 'x.y' },
        { from: 'b', to: 'x' },
      ],
      'as a whole and in parts',
    ],
    [
      'list and object',
      [
        { from: 'a', to: 'x.0' },
        { from: 'b', to: 'x.y' },
      ],
      'a list and an object',
    ],
    ['too deep', [{ from: Array(40).fill('a').join('.'), to: 'x' }], 'may have 32 segments'],
  ])('INVALID_MAPPING: %s', (_, dataMapping, message) => {
    const found = only(definition(['a', 'b'], [edge('a', 'b', { dataMapping })]));
    expect(found.code).toBe('INVALID_MAPPING');
    expect(found.message).toContain(message);
  });

  it('INVALID_MAPPING: two sources for one place, unless one stands for the other', () => {
    const to = [{ from: 'a', to: 'x' }];
    const both = [edge('a', 'c', { dataMapping: to }), edge('b', 'c', { dataMapping: to })];
    expect(codes(definition(['a', 'b', 'c'], both))).toEqual(['INVALID_MAPPING']);
    expect(codes(definition(['a', 'b', thread('c', { join: 'ANY' })], both))).toEqual([]);
  });

  it('INVALID_MAPPING: a transform that gives no object, and anything on PARALLEL', () => {
    expect(codes(definition(['a', 'b'], [edge('a', 'b', { transform: '[1]' })]))).toEqual([
      'INVALID_MAPPING',
    ]);
    const parallel = edge('a', 'b', {
      type: 'PARALLEL',
      transform: 'output',
      dataMapping: [{ from: 'a', to: 'b' }],
    });
    expect(codes(definition(['a', 'b'], [parallel]))).toEqual(['INVALID_MAPPING', 'INVALID_MAPPING']);
  });

  it('INVALID_SCHEMA names the field', () => {
    const found = only(definition([thread('a', { outputSchema: { type: 'x' } })]));
    expect(found).toMatchObject({ code: 'INVALID_SCHEMA', threads: ['a'] });
    expect(found.message).toContain('outputSchema: The JSON Schema is not valid: type must be one of');
  });

  it.each([
    [
      'a template that does not compile',
      { input: { q: { r: ['${input.}'] } } },
      'input.q.r.0: Expected IDENTIFIER',
    ],
    ['a template that does not end', { input: { q: 'x ${input.y' } }, 'input.q: a ${ is never closed'],
    ['a template over more than the input', { input: { q: '${output.x}' } }, 'Unknown variable: output'],
    ['a TRANSFORM without expression', { kind: 'TRANSFORM' }, 'input.expression: is required'],
    [
      'a TRANSFORM that does not compile',
      { kind: 'TRANSFORM', input: { expression: 'inputs.' } },
      'input.expression: Expected',
    ],
  ] as const)('INVALID_THREAD_INPUT: %s', (_, more, message) => {
    const found = only(definition([thread('a', more)]));
    expect(found).toMatchObject({ code: 'INVALID_THREAD_INPUT', threads: ['a'] });
    expect(found.message).toContain(message);
  });

  it('INVALID_THREAD_INPUT: what the kind has against it, as far as it is known by then', () => {
    const seen: [input: unknown, open: boolean][] = [];
    const checks: InputChecks = {
      ...anything,
      CHAT: (input, open) => {
        seen.push([input, open]);
        return open || 'message' in input ? [] : [{ path: 'message', message: 'is required' }];
      },
    };
    const graph = definition(
      [
        thread('plain'),
        thread('fed'),
        thread('filled', { input: { message: '${input.m}', model: 'x' } }),
        thread('sure', { input: { message: 'hi' } }),
      ],
      [edge('plain', 'fed', { type: 'DATA_FLOW' }), edge('plain', 'sure')],
    );
    expect(problems(graph, checks)).toMatchObject([
      {
        code: 'INVALID_THREAD_INPUT',
        message: 'Thread plain: input.message: is required',
        threads: ['plain'],
      },
    ]);
    expect(seen).toEqual([
      [{}, false],
      [{}, true],
      [{ model: 'x' }, true],
      [{ message: 'hi' }, false],
    ]);
  });

  it('TOO_LARGE: in threads, dependencies, characters or schemas', () => {
    const many = Array.from({ length: 2_001 }, (_, at) => `t${at}`);
    expect(only(definition(many)).message).toContain('may have 2000 threads; this one has 2001');
    expect(only(definition(['a'], Array(10_001).fill(edge('a', 'a')))).message).toContain(
      '10000 dependencies',
    );
    const input = { x: 'x'.repeat(3_000_000) };
    expect(only(definition([thread('a', { input })])).message).toContain('characters as JSON');
    const schemas = Array.from({ length: 8 }, (_, at) =>
      thread(`t${at}`, { inputSchema: { const: `${at}${'x'.repeat(30_000)}` } }),
    );
    expect(only(definition(schemas)).message).toContain('The schemas of a graph may have');
  });

  it('is no match for JSON that nests without end', () => {
    let deep: unknown = [];
    for (let at = 0; at < 100_000; at += 1) deep = [deep];
    expect(only(definition([thread('a', { input: { deep } })])).code).toBe('INVALID_THREAD_INPUT');
    expect(only(definition([thread('a', { inputSchema: { enum: deep } })])).code).toBe('INVALID_SCHEMA');
  });

  it('has its problems counted to a thousand', () => {
    const dependencies = Array.from({ length: 1_500 }, (_, at) => edge('a', `nobody${at}`));
    expect(problems(definition(['a'], dependencies))).toHaveLength(1_000);
  });
});
