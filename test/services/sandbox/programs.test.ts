import { describe, expect, it } from 'vitest';
import { ProgramError, Sandbox } from '../../../src/services/sandbox/index.ts';
import { failureOf, fileOf, never, printed, run } from './workbench.ts';

const sales = 'region,amount,day\nNorth,12.5,2024-01-02\nSouth,7,2024-01-03\nNorth,1,2024-02-01\n';

describe('a program with data', () => {
  it('asks, computes and shows', async () => {
    const { output, tables } = await run(
      `const rows = sql('select region, sum(amount) as total from data group by all order by total desc');
       print('regions:', rows.length, rows[0]);
       table('Totals', rows);
       table('By month', 'select month(day) as m, count(*) as n from data group by all order by m');`,
      await fileOf(sales),
    );
    expect(output).toBe('regions: 2 {"region":"North","total":13.5}\n');
    expect(tables).toEqual([
      {
        title: 'Totals',
        columns: ['region', 'total'],
        rows: [
          ['North', 13.5],
          ['South', 7],
        ],
        truncated: false,
      },
      {
        title: 'By month',
        columns: ['m', 'n'],
        rows: [
          [1, 2],
          [2, 1],
        ],
        truncated: false,
      },
    ]);
  });

  it('binds values instead of pasting them', async () => {
    const program = `
      print(sql('select count(*) as n from data where region = ? and amount > ?', 'North', 5)[0].n);
      const name = "Sou'th";
      print(sql\`select \${name} as name, \${[1, 2]} as list, \${10n} as big, \${null} as none\`[0]);
      print(sql('select typeof(?) as a, typeof(?) as b, typeof(?) as c', 1, 1.5, new Date(0))[0]);`;
    expect((await printed(program, await fileOf(sales))).split('\n')).toEqual([
      '1',
      `{"name":"Sou'th","list":[1,2],"big":10,"none":null}`,
      '{"a":"BIGINT","b":"DOUBLE","c":"DATE"}',
    ]);
  });

  it('may make views, tables and macros of its own', async () => {
    const program = `
      sql('create temp table t as select region from data; create view v as select distinct region from t');
      sql('create macro twice(x) as 2 * x; insert into t values (?)', 'East');
      print(sql('select count(*) as n, (select count(*) from v) as d, twice(4) as e from t')[0]);
      print(sql('pivot data on region using sum(amount)').length > 0, sql('describe data').length, sql('summarize data').length);`;
    expect(await printed(program, await fileOf(sales))).toBe('{"n":4,"d":3,"e":8}\ntrue 3 3');
  });

  it('gets values that JSON can hold', async () => {
    const program = `print(sql(\`select 9007199254740991::bigint as safe, 9007199254740993::bigint as large,
      1.50::decimal(9,2) as exact, 12345678901234.123456::decimal(20,6) as long, 'nan'::double as nan, 1/0 as inf,
      0.1::float as f, date '2024-01-02' as d, timestamp '2024-01-02 03:04:05.5' as ts,
      timestamptz '2024-01-02 03:04:05+02' as tz, timestamptz '1969-12-31 23:59:59.5Z' as before, time '10:00' as t,
      interval 90 minute as i, [1, null] as list, {'a': 1, 'b': [2]} as struct, map {'k': 1} as m, 'ab'::blob as blob,
      uuid '3fa85f64-5717-4562-b3fc-2c963f66afa6' as u, null as none, true as yes, '101'::bit as bits\`)[0]);`;
    expect(JSON.parse(await printed(program))).toEqual({
      safe: 9007199254740991,
      large: '9007199254740993',
      exact: 1.5,
      long: '12345678901234.123456',
      nan: null,
      inf: null,
      f: 0.1,
      d: '2024-01-02',
      ts: '2024-01-02T03:04:05.5',
      tz: '2024-01-02T01:04:05Z',
      before: '1969-12-31T23:59:59.5Z',
      t: '10:00:00',
      i: '01:30:00',
      list: [1, null],
      struct: { a: 1, b: [2] },
      m: { k: 1 },
      blob: 'YWI=',
      u: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
      none: null,
      yes: true,
      bits: '101',
    });
  });

  it('tells columns of one name apart', async () => {
    expect(await printed(`print(sql('select 1 as a, 2 as a, 3 as "__proto__"')[0])`)).toBe(
      '{"a":1,"a_2":2,"__proto__":3}',
    );
  });
});

describe('what a program can show as a table', () => {
  const table: [what: string, rows: string, columns: string[], cells: unknown[][]][] = [
    [
      'objects with different keys',
      '[{a:1},{b:2}]',
      ['a', 'b'],
      [
        [1, null],
        [null, 2],
      ],
    ],
    [
      'lists',
      '[[1,2],[3]]',
      ['column_1', 'column_2'],
      [
        [1, 2],
        [3, null],
      ],
    ],
    ['lists under names', `[[1,2]], ['x','y']`, ['x', 'y'], [[1, 2]]],
    ['single values', `['x', 2]`, ['value'], [['x'], [2]]],
    ['one object', '{a:1}', ['a'], [[1]]],
    ['a map', 'new Map([["x", 1]])', ['column_1', 'column_2'], [['x', 1]]],
    ['nothing', '[]', [], []],
    [
      'values beyond JSON',
      '[{n: NaN, i: Infinity, b: 10n, B: 2n ** 70n, d: new Date(0), s: Symbol("x"), f() {}, u: undefined, m: new Set([1])}]',
      ['n', 'i', 'b', 'B', 'd', 's', 'f', 'u', 'm'],
      [
        [
          null,
          null,
          10,
          '1180591620717411303424',
          '1970-01-01T00:00:00.000Z',
          'Symbol(x)',
          '[function f]',
          null,
          [1],
        ],
      ],
    ],
    ['a proxy', 'new Proxy([{a: 1}], {})', ['a'], [[1]]],
  ];

  it.concurrent.each(table)('shows %s', async (_, rows, columns, cells) => {
    const { tables } = await run(`table('t', ${rows})`);
    expect(tables).toEqual([{ title: 't', columns, rows: cells, truncated: false }]);
  });

  it('keeps the first rows of many and says so', async () => {
    const { tables } = await run(
      `table('sql', 'from range(5000)'); table('js', Array.from({length: 5000}, (_, i) => ({i})))`,
    );
    expect(tables.map(({ rows, truncated }) => [rows.length, truncated])).toEqual([
      [1000, true],
      [1000, true],
    ]);
  });
});

describe('a program that fails', () => {
  const table: [what: string, code: string, message: RegExp, line: number | undefined][] = [
    ['wrong syntax', 'print(1);\nlet a = ;', /SyntaxError.*\n.*at line 2: let a = ;/, 2],
    ['a bracket too few', 'print(1', /SyntaxError/, 1],
    ['a bug', '\n\nnull.x', /TypeError: cannot read property 'x' of null\n {2}at line 3: null\.x/, 3],
    ['a bug in a function', 'function f() {\n  return nothing;\n}\nf()', /'nothing' is not defined/, 2],
    ['a bug behind an await', 'await 1;\nnull.x', /TypeError/, 2],
    ['an error of its own', 'throw new Error("no data")', /Error: no data/, 1],
    ['a thrown value', 'throw 42', /Uncaught: 42/, undefined],
    ['a thrown nothing', 'throw undefined', /Uncaught/, undefined],
    ['an error that lies', 'throw new Proxy({}, { get() { throw 1 } })', /cannot be read/, undefined],
    ['wrong SQL', `print(1);\nsql('selec 1')`, /syntax error at or near "selec".*at line 2/s, 2],
    ['an unknown column', `sql('select nope from (select 1 as a)')`, /Referenced column "nope" not found/, 1],
    [
      'SQL that fails in the middle of its rows',
      `sql("select case when range = 50000 then error('boom') end as x from range(100000)")`,
      /boom/,
      1,
    ],
    [
      'a table that fails in the middle',
      `table('t', "select cast(if(range > 900, 'x', '1') as int) from range(2000)")`,
      /Could not convert/,
      1,
    ],
    ['SQL without text', `sql('')`, /SQL is empty/, 1],
    ['SQL that is no text', 'sql(5)', /the query must be a string, not a number/, 1],
    ['too few values', `sql('select ?')`, /has 1 parameters \(\?\), but 0 values/, 1],
    ['a value that cannot be bound', `sql('select ?', {})`, /must be a string, number/, 1],
    ['rows that are none', `table('t', 5)`, /rows must be an array or a query, not a number/, 1],
    ['a table without a title', 'table([])', /the title must be a string, not an array/, 1],
    ['a value that contains itself', 'const a = {}; a.a = a;\nprint(a)', /refers to itself/, 2],
    ['a getter that throws', `table('t', [{ get a() { throw new Error('boo') } }])`, /Error: boo/, 1],
    ['recursion without end', 'function f() { f() }\nf()', /stack overflow/, 1],
    ['waiting for nothing', 'await new Promise(() => {})', /awaits something that never happens/, undefined],
    ['an import', `import('fs')`, /./, undefined],
    ['a module that does not exist here', `require('fs')`, /'require' is not defined/, 1],
  ];

  it.concurrent.each(table.filter(([what]) => what !== 'an import'))(
    'names %s',
    async (_, code, message, line) => {
      const error = await failureOf(run(code));
      expect(error).toBeInstanceOf(ProgramError);
      expect(error).toMatchObject({ code: 'PROGRAM_FAILED', message: expect.stringMatching(message), line });
    },
  );

  it('can catch its own errors', async () => {
    expect(await printed(`try { sql('selec') } catch (e) { print(e.name) }`)).toBe('ProgramError');
  });
});

describe('the limits of a program', () => {
  const small = new Sandbox({
    limits: { tables: 2, charts: 1, queryRows: 10, outputCharacters: 20, resultCharacters: 5_000 },
  });
  const table: [limit: string, code: string][] = [
    ['tables', `for (let i = 0; i < 3; i++) table('t', [])`],
    ['charts', `for (let i = 0; i < 2; i++) chart('c', {mark: 'bar', encoding: {}}, [{a: 1}])`],
    ['queryRows', `sql('from range(11)')`],
    ['resultCharacters', `table('t', ['x'.repeat(6000)])`],
    ['resultCharacters', `table('t', "select repeat('x', 6000)")`],
  ];

  it.concurrent.each(table)('end it at %s', async (limit, code) => {
    const error = await failureOf(small.run(code, undefined, never));
    expect(error).toMatchObject({ code: 'SANDBOX_LIMIT', limit, line: 1 });
  });

  it('cut a long output', async () => {
    const { output } = await small.run(
      `print('x'.repeat(15)); print('y'.repeat(15)); print('z')`,
      undefined,
      never,
    );
    expect(output).toBe('xxxxxxxxxxxxxxx\nyyyy\n… (cut at 20 characters)\n');
  });

  it('leave alone what stays within them', async () => {
    const { tables } = await small.run(`table('a', sql('from range(10)')); table('b', [])`, undefined, never);
    expect(tables).toHaveLength(2);
  });
});

describe('a program that is written loosely', () => {
  it('may await and return', async () => {
    expect(
      await printed(`const rows = await sql('select 1 as a');\nprint(rows[0].a);\nreturn;\nprint('never')`),
    ).toBe('1');
  });

  it('sees the tables of no other run', async () => {
    await run(`globalThis.left = 1; sql('create table left_over as select 1')`);
    expect(await printed(`print(typeof left, sql('show tables').length)`)).toBe('undefined 0');
  });
});
