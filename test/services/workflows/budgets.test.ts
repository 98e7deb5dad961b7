import { describe, expect, it } from 'vitest';
import { compileExpression, ExpressionError } from '../../../src/services/workflows/expressions.ts';
import { gather } from '../../../src/services/workflows/gathering.ts';
import { executionOrder } from '../../../src/services/workflows/order.ts';
import { chain, definition, edge, graphOf, thread } from './graphs.ts';
import { Rehearsal } from './rehearsal.ts';

/** A pattern that no machine is done with within a second. */
const slow = (mark: number) => `input.s.matches("([a-z]{1,30}){1,30}[0-9]{${mark + 1}}")`;
const s = 'x'.repeat(900_000);

describe('the conditions on one output', () => {
  it('share two seconds, and fail as one that takes too long does', () => {
    const targets = ['b', 'c', 'd', 'e', 'f', 'g'];
    const graph = graphOf(
      ['a', ...targets],
      targets.map((target, mark) => edge('a', target, { type: 'CONDITIONAL', condition: slow(mark) })),
    );
    const run = new Rehearsal(graph, { s });
    run.complete('a');
    const reasons = targets.map((target) => run.state(target).reason);
    expect(reasons[0]).toContain('it took longer than 1000 ms');
    for (const reason of reasons.slice(1))
      expect(reason).toContain('the expressions take longer than 2000 ms together');
    expect(targets.map((target) => run.state(target).failure?.code)).toEqual(
      targets.map(() => 'CONDITION_FAILED'),
    );
  }, 60_000);
});

describe('the expressions of one thread’s input', () => {
  const failure = (message: string) => ({
    failure: {
      code: 'INVALID_THREAD_INPUT',
      message: expect.stringContaining(message),
      retryable: false,
    },
  });
  const together = failure('the expressions give more than 4194304 characters together');

  it('share what a value may have, wherever they stand', () => {
    const s = 'x'.repeat(1_500_000);
    const own = thread('b', { input: { first: '${input.s}', text: 'and ${input.s}' } });
    const graph = graphOf(
      ['a', own],
      [edge('a', 'b', { type: 'DATA_FLOW', transform: '{"first": input.s, "text": 1}' })],
    );
    expect(gather(graph, 'b', { input: { s }, outputs: new Map([['a', {}]]) })).toEqual(together);
    expect(gather(graph, 'b', { input: { s: 'x' }, outputs: new Map([['a', {}]]) })).toEqual({
      input: { first: 'x', text: 1 },
    });
  });

  it('stop at the first that is too much', () => {
    const input = { many: ['${input.s}', '${input.s}', '${input.s}', '${input.missing}'] };
    const graph = graphOf([thread('a', { input })]);
    const sources = { input: { s: 'x'.repeat(1_500_000) }, outputs: new Map() };
    expect(gather(graph, 'a', sources)).toEqual(together);
  });
});

describe('a thread that much is mapped into', () => {
  it('copies what it writes to once, and not for each', () => {
    const sources = Array.from({ length: 600 }, (_, at) => `t${at}`);
    const fields = (at: number) => Array.from({ length: 20 }, (_, n) => `f${at * 20 + n}`);
    const mapped = sources.map((source, at) => {
      const dataMapping = fields(at).map((field) => ({ from: 'n', to: `all.${field}` }));
      return edge(source, 'z', { dataMapping });
    });
    const own = { all: { mine: true } };
    const graph = graphOf([...sources, thread('z', { input: own })], mapped);
    const outputs = new Map(sources.map((source) => [source, { n: 1 }]));
    const expected = sources.flatMap((_, at) => fields(at).map((field) => [field, 1] as const));
    expect(gather(graph, 'z', { input: {}, outputs })).toEqual({
      input: { all: { mine: true, ...Object.fromEntries(expected) } },
    });
    expect(own).toEqual({ all: { mine: true } });
  }, 60_000);
});

describe('the ${…} of a graph', () => {
  const filled = (name: string, count: number) =>
    thread(name, { input: { list: Array<string>(count).fill('${input.a}') } });

  it('are at most 1,000 of a thread', () => {
    expect(graphOf([filled('a', 1_000)]).threads).toHaveLength(1);
    expect(() => graphOf([filled('a', 1_001)])).toThrow(
      'Thread a: an input may have 1000 ${…}; this one has 1001.',
    );
  });

  it('are at most 20,000 together', () => {
    const threads = (count: number) => Array.from({ length: count }, (_, at) => filled(`t${at}`, 1_000));
    expect(() => graphOf(threads(21))).toThrow(
      'The inputs of a graph may have 20000 ${…}; these have 21000.',
    );
  });
});

describe('compiled expressions', () => {
  it('work on when they were dropped for others', () => {
    const compile = (text: string) => compileExpression(text, ['input'], 'VALUE');
    const first = compile('input.a + 1');
    const broken = compile('input.a.b');
    // 480 nodes each.
    for (let mark = 0; mark < 250; mark += 1) compile(`${Array(240).fill('1').join('+')} == ${mark}`);
    expect(first.evaluate({ input: { a: 1 } })).toBe(2);
    expect(() => broken.evaluate({ input: { a: {} } })).toThrow(ExpressionError);
  });
});

describe('the execution order', () => {
  it.each([
    ['a chain', chain('STRICT').definition],
    [
      'a diamond',
      definition(
        ['d', 'b', 'c', 'a'],
        [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd'), edge('d', 'a', { enabled: false })],
      ),
    ],
    ['what orders nothing', definition(['a', 'b'], [edge('b', 'a', { type: 'PARALLEL' })])],
  ])('is that of the compiled graph: %s', (_, written) => {
    expect(executionOrder(written)).toEqual(graphOf(written.threads, written.dependencies, written).order);
  });
});
