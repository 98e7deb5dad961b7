import { describe, expect, it } from 'vitest';
import {
  compileExpression,
  ExpressionError,
  type Wanted,
} from '../../../src/services/workflows/expressions.ts';
import { translateLambda } from '../../../src/services/workflows/lambdas.ts';

const over = ['output', 'input'];
const evaluate = (text: string, output: unknown = {}, wanted: Wanted = 'VALUE') =>
  compileExpression(text, over, wanted).evaluate({ output, input: {} });
const problem = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    throw error;
  }
  throw new Error('there was no problem');
};

describe('an expression over JSON', () => {
  const output = {
    n: 21,
    f: 1.5,
    text: 'hello',
    none: null,
    items: [1, 2, 3],
    people: [{ name: 'Ada' }, { name: 'Bob' }],
    deep: { er: { x: true } },
    at: 1,
  };

  it.each<[string, unknown]>([
    ['output.n > 3', true],
    ['output.n == 21', true],
    ['output.n + 1', 22],
    ['output.n * 2', 42],
    ['output.f * 2', 3],
    ['2 * output.f', 3],
    ['output.n / 2', 10.5],
    ['output.n % 2 == 1', true],
    ['-output.n', -21],
    ['output.n in [1, 21]', true],
    ['output.items.map(x, x * 2 + 1)', [3, 5, 7]],
    ['output.items + [4]', [1, 2, 3, 4]],
    ['output.items[output.at]', 2],
    ['output.text.substring(output.at)', 'ello'],
    ['output.text.substring(output.at, 3)', 'el'],
    ['size(output.items) == 3', true],
    ['output.people.filter(p, p.name.startsWith("A")).map(p, p.name)', ['Ada']],
    ['output.people.map(p, p.name).join(", ")', 'Ada, Bob'],
    ['output.text.matches("^h.*o$")', true],
    ['has(output.nothing) ? output.nothing : false', false],
    ['has(output.deep.er.x) && output.deep.er.x', true],
    ['output.none == null', true],
    ['{"a": output.n, "b": [output.text, 1]}', { a: 21, b: ['hello', 1] }],
    ['cel.bind(x, output.n, x + x)', 42],
    ['string(output.n) + "!"', '21!'],
    ['timestamp("2026-01-01T00:00:00Z") + duration("90s")', '2026-01-01T00:01:30.000Z'],
    ['duration("90s")', '90s'],
    ['bytes("abc")', 'YWJj'],
    ['uint(3)', 3],
    ['output', output],
  ])('%s', (text, value) => {
    expect(evaluate(text, output)).toEqual(value);
  });

  it.each([
    'output.__proto__',
    'output.constructor',
    'output["prototype"]',
    'output.text.constructor',
    'output.items.constructor',
  ])('%s leads nowhere', (text) => {
    expect(problem(() => evaluate(text, output))).toContain('No such key');
  });

  it('reads fields named like JavaScript’s own, where the data has them', () => {
    const own = JSON.parse('{"constructor": {"n": 1}, "list": [{"constructor": 2}], "n": 3}');
    expect(evaluate('output.constructor.n + output.n', own)).toBe(4);
    expect(evaluate('output', own)).toEqual(own);
    expect(evaluate('has(output.x) || output.list[0].constructor == 2', own, 'BOOLEAN')).toBe(true);
    expect(Object.getPrototypeOf(evaluate('output', JSON.parse('{"__proto__": {"x": 1}}')))).toBe(
      Object.prototype,
    );
  });
});

describe('an expression that cannot be', () => {
  it('tells the place with a caret', () => {
    expect(problem(() => compileExpression('output.n >', over, 'VALUE'))).toBe(
      'Unexpected token: EOF\n\n>    1 | output.n >\n                   ^',
    );
  });

  it.each<[string, Wanted, string]>([
    ['  ', 'VALUE', 'is empty'],
    ['nobody.n', 'VALUE', 'Unknown variable: nobody'],
    ['1 + "a"', 'VALUE', 'no such overload: int + string'],
    ['size(output)', 'BOOLEAN', 'must give a boolean; it gives a int'],
    ['[1]', 'OBJECT', 'must give an object; it gives a list'],
    ['output.x.matches("(?=a)")', 'VALUE', 'not valid RE2'],
    [`output.x.matches("${'a'.repeat(1_001)}")`, 'VALUE', 'may have 1000 characters'],
    ['{"__proto__": 1}', 'VALUE', 'cannot have the key "__proto__"'],
    ['1'.repeat(2_001), 'VALUE', 'may have 2000 characters'],
    [`${'('.repeat(60)}1${')'.repeat(60)}`, 'VALUE', 'Exceeded maxDepth'],
    [Array(600).fill('1').join('+'), 'VALUE', 'Exceeded maxAstNodes'],
    [`[${Array(200).fill('1')}]`, 'VALUE', 'Exceeded maxListElements'],
    ['[1].map(a, [1].map(b, [1].map(c, [1].map(d, 1))))', 'VALUE', 'may nest 3 deep'],
  ])('%s', (text, wanted, message) => {
    expect(problem(() => compileExpression(text, over, wanted))).toContain(message);
  });

  it.each<[string, Wanted, string]>([
    ['output.n', 'BOOLEAN', 'must give a boolean; it gave a number'],
    ['output.none', 'BOOLEAN', 'must give a boolean; it gave null'],
    ['output.n', 'OBJECT', 'must give an object; it gave a number'],
    ['output.nothing', 'VALUE', 'No such key: nothing'],
    ['output.items[9]', 'VALUE', 'out of bounds'],
    ['1 / 0', 'VALUE', 'division by zero'],
    ['1.0 / 0.0', 'VALUE', 'Infinity has no place in JSON'],
    ['9007199254740993', 'VALUE', 'beyond the integers that JSON carries exactly'],
    ['type(1)', 'VALUE', 'no place in JSON'],
    ['google', 'VALUE', 'no place in JSON'],
    ['output.n.matches("a")', 'VALUE', "no matching overload for 'double.matches(string)'"],
    ['output.items.join()', 'VALUE', 'no matching overload for'],
    ['output.mixed.join()', 'VALUE', 'nothing but strings; there is a number'],
  ])('%s, evaluated', (text, wanted, message) => {
    const output = { n: 1, none: null, items: [1], mixed: ['a', 1] };
    expect(problem(() => evaluate(text, output, wanted))).toContain(message);
  });
});

describe('a hostile expression', () => {
  const list = () => Array.from({ length: 20_000 }, (_, at) => at);
  const output = { items: list(), same: list(), text: `${'a'.repeat(100_000)}b` };
  const doubling = (seed: string) =>
    Array.from({ length: 12 }, (_, at) => at).reduceRight(
      (inner, at) =>
        `cel.bind(v${at}, ${
          at
            ? Array(8)
                .fill(`v${at - 1}`)
                .join('+')
            : seed
        }, ${inner})`,
      'size(v11)',
    );

  it.each<[string, string, string]>([
    ['loops in loops', 'output.items.all(a, output.items.all(b, a + b >= 0))', '500000 steps'],
    [
      'loops in loops over nothing much',
      'output.items.exists(a, output.items.exists(b, false))',
      '500000 steps',
    ],
    ['the same behind ||', 'output.items.all(a, output.items.all(b, true)) || true', '500000 steps'],
    ['lists that double', doubling('[1, 2, 3, 4, 5, 6, 7, 8]'), '4194304 characters and elements'],
    ['text that doubles', doubling('"aaaaaaaa"'), '4194304 characters and elements'],
    ['a long separator', 'output.text.split("").join(output.text)', 'longer than 4194304 characters'],
    ['a value of many megabytes', 'output.items.map(x, output.text)', 'more than 4194304 characters'],
    [
      'many comparisons of long lists',
      'output.items.all(x, output.items == output.same)',
      'longer than 1000 ms',
    ],
  ])('%s ends with an error', (_, text, message) => {
    expect(problem(() => evaluate(text, output))).toContain(message);
  });

  it('has a pattern that would backtrack for ever, and is answered', () => {
    expect(evaluate('output.text.matches("^(a+)+$")', output)).toBe(false);
  });

  it('leaves the next one its full measure', () => {
    const expression = compileExpression('output.items.map(a, output.items.map(b, 1)).size()', over, 'VALUE');
    expect(problem(() => expression.evaluate({ output, input: {} }))).toContain('steps');
    expect(expression.evaluate({ output: { items: [1, 2] }, input: {} })).toBe(2);
  });
});

describe('a Python lambda', () => {
  it('is answered with its translation', () => {
    expect(
      problem(() => compileExpression("lambda data: data.get('analysis_complete', False)", over, 'BOOLEAN')),
    ).toBe(
      'This is Python; conditions are written in CEL. Write: ' +
        'has(output.analysis_complete) ? output.analysis_complete : false',
    );
  });

  it('is answered with an example where it cannot be translated', () => {
    expect(problem(() => compileExpression('lambda data: run(data)', over, 'BOOLEAN'))).toContain(
      'such as has(output.done) ? output.done : false',
    );
  });

  const output = { score: 0.7, n: 5, m: 3, xs: ['a', 'b'], kind: 'c', a: { b: 4 }, 'a b': {} };
  it.each<[string, string, boolean]>([
    [
      "lambda d: d['score'] > 0.5 and not d.get('skip')",
      'output.score > 0.5 && !(has(output.skip) ? output.skip : false)',
      true,
    ],
    [
      "lambda d: d.get('a', {}).get('b', 3) == 4 or False",
      '(has(output.a) && has(output.a.b) ? output.a.b : 3) == 4 || false',
      true,
    ],
    ["lambda d: d.get('x') is not None", '(has(output.x) ? output.x : null) != null', false],
    ["lambda d: len(d['xs']) >= 2", 'size(output.xs) >= 2', true],
    [
      "lambda d: 'kind' in d and d['kind'] not in ['a', 'b']",
      "'kind' in output && !(output.kind in ['a', 'b'])",
      true,
    ],
    ["lambda d: True if d['n'] + 1 > 2 else False", 'output.n + 1 > 2 ? true : false', true],
    ["lambda d: (d['n'] - 1) * 2 == 8", '(output.n - 1) * 2 == 8', true],
    ["lambda d: d['a b'].get('c d', None)", "'c d' in output['a b'] ? output['a b']['c d'] : false", false],
    ["lambda d: d['xs'][0] == 'a' or d['n'] % 2 == 0", "output.xs[0] == 'a' || output.n % 2 == 0", true],
  ])('%s', (text, cel, value) => {
    expect(translateLambda(text)).toBe(cel);
    expect(evaluate(cel, output, 'BOOLEAN')).toBe(value);
  });

  it.each([
    'data.get("x")',
    'lambda: True',
    'lambda d: d.keys()',
    'lambda d: [x for x in d]',
    'lambda d: 1 < d["n"] < 3',
    'lambda d: toString',
    'lambda d: d[d]',
    `lambda d: ${'('.repeat(300)}d`,
  ])('%s is left alone', (text) => {
    expect(translateLambda(text)).toBeNull();
  });
});
