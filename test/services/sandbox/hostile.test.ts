import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../../../src/services/sandbox/index.ts';
import { failureOf, never, printed, run } from './workbench.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-hostile-'));
  process.env.SANDBOX_SECRET = 'secret';
});
afterAll(() => rm(folder, { recursive: true }));

describe('a program that looks for a way out', () => {
  it.concurrent('finds nothing in its world but the language', async () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'XMLHttpRequest',
      'WebSocket',
      'Buffer',
      'setTimeout',
      'setInterval',
      'queueMicrotask',
      'WebAssembly',
      'Worker',
      'navigator',
      'console',
      'std',
      'os',
      'Deno',
      'Bun',
    ];
    expect(await printed(`print(${JSON.stringify(names)}.filter((name) => name in globalThis))`)).toBe('[]');
  });

  it.concurrent('gets to no host object through constructors', async () => {
    const code = `
      const seen = [];
      for (const f of [sql, table, print, chart, Function, (async () => {}).constructor]) {
        const global = f.constructor('return globalThis')();
        seen.push(global === globalThis || typeof global.then === 'function');
        seen.push(typeof f.constructor('return typeof process')());
      }
      try { sql(1) } catch (e) { seen.push(e.constructor.constructor('return typeof process')()) }
      try { sql('selec') } catch (e) { seen.push(e.constructor.constructor('return typeof process')()) }
      print(JSON.stringify([...new Set(seen)].sort()))`;
    expect(JSON.parse(await printed(code))).toEqual(['string', 'undefined', true].sort());
  });

  it.concurrent('pollutes nobody but itself', async () => {
    const code = `
      Object.prototype.polluted = 'yes';
      Array.prototype.map = () => ['hijacked'];
      JSON.parse('{"__proto__": {"deep": 1}}');
      const row = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
      table('t', [row]);
      print(Object.keys(sql('select 1 as "__proto__", 2 as "constructor"')[0] ?? {}))`;
    await run(code).catch(() => {});
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const { tables } = await run(
      `table('t', [JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}')])`,
    );
    expect(tables[0]).toMatchObject({ columns: ['__proto__', 'constructor', 'toString'], rows: [[1, 2, 3]] });
  });

  it.concurrent.each([
    [`import('node:fs')`],
    [`import('fs').then((fs) => print(fs))`],
    [`await import('data:text/javascript,export default 1')`],
    [`eval('import("fs")')`],
  ])('cannot import: %s', async (code) => {
    const outcome = await run(code).catch((error) => error);
    expect(outcome.output ?? '').toBe('');
  });
});

describe('SQL that looks for a way out', () => {
  it.concurrent.each([
    [`select * from read_text('/etc/passwd')`],
    [`select * from read_blob('/etc/passwd')`],
    [`select * from read_csv('/etc/passwd')`],
    [`select * from read_json('/proc/self/status')`],
    [`select * from read_parquet('/etc/passwd')`],
    [`select * from '/etc/passwd'`],
    [`from 'https://example.com/x.csv'`],
    [`from read_csv('http://127.0.0.1:1/x.csv')`],
    [`select * from glob('/*')`],
    [`select * from sniff_csv('/etc/passwd')`],
    [`select * from query('select * from read_text(''/etc/passwd'')')`],
    [`attach '$FOLDER/x.db'`],
    [`attach ':memory:' as other`],
    [`attach 'x.db' as postgres_db (type postgres)`],
    [`copy (select 1) to '$FOLDER/out.csv'`],
    [`copy (select 1) to '/dev/stdout'`],
    [`export database '$FOLDER/export'`],
    [`import database '$FOLDER/export'`],
    [`create table t (a text); copy t from '/etc/passwd'`],
    [`install httpfs`],
    [`force install httpfs from 'http://example.com'`],
    [`load httpfs`],
    [`load '$FOLDER/x.duckdb_extension'`],
    [`update extensions`],
    [`set enable_external_access = true`],
    [`set global memory_limit = '100GB'`],
    [`set threads = 64`],
    [`reset lock_configuration`],
    [`set lock_configuration = false`],
    [`pragma memory_limit = '100GB'`],
    [`pragma enable_profiling = 'json'`],
    [`pragma profiling_output = '$FOLDER/profile.json'`],
    [`set temp_directory = '$FOLDER'`],
    [`set secret_directory = '$FOLDER'`],
    [`create persistent secret s (type s3, key_id 'x', secret 'y')`],
    [`call enable_logging(storage = 'file', storage_config = {'path': '$FOLDER/log'})`],
    [`from enable_logging(storage = 'file', storage_config = {'path': '$FOLDER/log'}); select 1`],
    [`select getenv('SANDBOX_SECRET')`],
    [`prepare p as select 1; execute p`],
    [`explain analyze copy (select 1) to '$FOLDER/out.csv'`],
    [`detach work`],
    [`use memory`],
    [`from duckdb_secrets()`],
    [`begin`],
    [`vacuum`],
    [`checkpoint`],
  ])('gets nowhere: %s', async (template) => {
    const error = await failureOf(run(`sql(${JSON.stringify(template.replaceAll('$FOLDER', folder))})`));
    expect(error).toMatchObject({ code: 'PROGRAM_FAILED' });
    expect(error.message).not.toMatch(/root:|secret$/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.concurrent('learns no path and no secret from settings', async () => {
    const output = await printed(`
      print(sql("select name, value from duckdb_settings() where value like '%/%' or value ilike '%secret%'"));
      print(sql("from duckdb_databases()"), sql("from duckdb_views()"), sql("from duckdb_temporary_files()"));`);
    expect(output).not.toContain('SANDBOX');
    expect(output).not.toContain(process.cwd());
    expect(output).not.toContain(tmpdir());
  });
});

describe('a program that wants everything', () => {
  // A child stands at some 150 MiB before it does anything.
  const memoryBytes = 400 * 2 ** 20;
  const hasty = new Sandbox({ limits: { timeoutMs: 4_000, memoryBytes }, concurrency: 2 });
  const tight = new Sandbox({ limits: { timeoutMs: 60_000, memoryBytes }, concurrency: 2 });
  const table: [code: string, limits: string[]][] = [
    ['for (;;) {}', ['timeoutMs']],
    ['const f = async () => { for (;;) await 0 }; await f()', ['timeoutMs']],
    ['for (;;) { try { for (;;) {} } catch {} }', ['timeoutMs']],
    ['/(a+)+$/.test("a".repeat(40) + "b")', ['timeoutMs']],
    ['const a = []; for (;;) a.push(new Array(1e6).fill(1))', ['memoryBytes', 'timeoutMs']],
    ['let s = "x"; for (;;) s += s', ['memoryBytes', 'PROGRAM_FAILED']],
    ['"x".repeat(2 ** 29)', ['memoryBytes', 'PROGRAM_FAILED']],
    ['new ArrayBuffer(2 ** 40)', ['PROGRAM_FAILED']],
    ['const a = []; for (;;) a.push(new ArrayBuffer(1e7))', ['memoryBytes', 'PROGRAM_FAILED']],
    ['function f() { return [f(), f()] } f()', ['PROGRAM_FAILED', 'memoryBytes']],
    [
      'const o = {}; let p = o; for (let i = 0; i < 1e5; i++) p = p.o = {}; print(o)',
      ['timeoutMs', 'PROGRAM_FAILED'],
    ],
    ['JSON.parse("[".repeat(1e6))', ['PROGRAM_FAILED']],
    ['new RegExp("(".repeat(1e5) + ")".repeat(1e5))', ['PROGRAM_FAILED']],
    ['[1].map(function f() { return [1].map(f) })', ['PROGRAM_FAILED']],
    [
      'table("t", new Proxy([], { get(t, k) { return k === "length" ? 1e9 : 1 } }))',
      ['timeoutMs', 'memoryBytes', 'PROGRAM_FAILED'],
    ],
    ['throw { get message() { for (;;) {} } }', ['timeoutMs']],
    ['sql("select count(*) from range(1000000000000) t(a) where a % 7 = 3")', ['timeoutMs']],
    ['sql("select a from range(1000000000000) t(a) order by a desc limit 10")', ['timeoutMs', 'memoryBytes']],
    ['sql("select list(a) from range(1000000000000) t(a)")', ['timeoutMs', 'memoryBytes']],
    [`sql("select string_agg(a, ',') from range(10000000000) t(a)")`, ['timeoutMs', 'memoryBytes']],
    [`sql("select repeat('x', 1000000000) as x")`, ['memoryBytes', 'PROGRAM_FAILED']],
    [`sql("select repeat('x', 1000000) as x from range(1000)")`, ['memoryBytes']],
    [
      `sql("with recursive r(a) as (select 1 union all select a + 1 from r) select max(a) from r")`,
      ['timeoutMs', 'memoryBytes'],
    ],
    [
      'sql("create table t as select range as a, random() as b from range(1000000000)")',
      ['timeoutMs', 'memoryBytes'],
    ],
    ['sql("from range(10000000)")', ['queryRows']],
    ['sql("select " + "(".repeat(50000) + "1" + ")".repeat(50000))', ['PROGRAM_FAILED', 'memoryBytes']],
    ['for (;;) table("t", [[1]])', ['tables']],
    ['for (;;) chart("c", {mark: "bar", encoding: {}}, [{a: 1}])', ['charts']],
    [
      'chart("c", {mark: "bar", data: {sequence: {start: 0, stop: 1e12}}, encoding: {x: {field: "data"}}})',
      ['timeoutMs', 'memoryBytes', 'PROGRAM_FAILED'],
    ],
    ['for (;;) print("x".repeat(1e6))', ['timeoutMs']],
  ];

  it.concurrent.each(table)(
    'is stopped: %s',
    async (code, limits) => {
      const sandbox = limits.includes('timeoutMs') ? hasty : tight;
      const error = await failureOf(sandbox.run(code, undefined, never));
      expect(limits).toContain(error.limit ?? error.code);
    },
    60_000,
  );

  it('gets what fits', async () => {
    const { tables, output } = await tight.run(
      `table('many', 'from range(10000000)');
       table('rows', Array.from({ length: 1e5 }, (_, i) => [i]));
       for (let i = 0; i < 1000; i++) print('x'.repeat(1000));`,
      undefined,
      never,
    );
    expect(tables.map(({ rows, truncated }) => [rows.length, truncated])).toEqual([
      [1000, true],
      [1000, true],
    ]);
    expect(output.length).toBeLessThan(100_100);
  });

  it('leaves the next program alone', async () => {
    expect((await tight.run('print(1 + 1)', undefined, never)).output).toBe('2\n');
  });
});
