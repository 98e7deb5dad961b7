import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let session: string;
beforeAll(async () => {
  gateway = await startGateway({ environment: { MAX_UPLOAD_BYTES: '1048576' } });
  session = await gateway.openSession();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const upload = async (content: string | Uint8Array<ArrayBuffer>, name: string, options = {}) =>
  (await gateway.upload(session, new File([content], name), options)).data.uploadDataset;

describe('uploading a table', () => {
  it('profiles every column', async () => {
    const csv = 'City,Price (€)\nOslo,1.5\nOslo,\nRome,4\n';
    expect(await upload(csv, 'prices.csv')).toMatchObject({
      __typename: 'Dataset',
      name: 'prices.csv',
      format: 'CSV',
      bytes: Buffer.byteLength(csv),
      rowCount: 3,
      columns: [
        {
          name: 'City',
          type: 'VARCHAR',
          nullCount: 0,
          distinctCount: 2,
          min: 'Oslo',
          max: 'Rome',
          examples: ['Oslo', 'Rome'],
        },
        { name: 'Price (€)', type: 'DOUBLE', nullCount: 1, distinctCount: 2, min: '1.5', max: '4' },
      ],
    });
  });

  it('takes another name than the file’s', async () => {
    expect(await upload('a\n1\n', 'x.csv', { name: 'Numbers' })).toMatchObject({ name: 'Numbers' });
  });

  it.each([
    ['a TSV', 'a\tb\n1\t2\n', 'x.tsv', 'TSV', ['a', 'b'], 1],
    ['a list of JSON objects', '[{"a":1,"b":"x"},{"a":2}]', 'x.json', 'JSON', ['a', 'b'], 2],
    ['JSON lines', '{"a":1}\n{"a":2}\n{"a":3}\n', 'x.ndjson', 'NDJSON', ['a'], 3],
    ['a CSV with a byte order mark and CRLF', '\uFEFFa,b\r\n1,2\r\n', 'x.csv', 'CSV', ['a', 'b'], 1],
    ['newlines inside quotes', 'a,b\n"one\ntwo",2\n', 'x.csv', 'CSV', ['a', 'b'], 1],
    ['a column of empty cells', 'a,b\n1,\n2,\n', 'x.csv', 'CSV', ['a', 'b'], 2],
    ['a header alone', 'a,b,c\n', 'x.csv', 'CSV', ['a', 'b', 'c'], 0],
    ['one column', 'a\n1\n2\n', 'x.csv', 'CSV', ['a'], 2],
    ['one row', 'a,b\n1,2\n', 'x.csv', 'CSV', ['a', 'b'], 1],
    ['a CSV by another name', 'a,b\n1,2\n', 'data.txt', 'CSV', ['a', 'b'], 1],
  ])('reads %s', async (_, content, name, format, columns, rowCount) => {
    const dataset = await upload(content, name);
    expect(dataset).toMatchObject({ __typename: 'Dataset', format, rowCount });
    expect(dataset.columns.map((column: { name: string }) => column.name)).toEqual(columns);
  });
});

describe('uploading what is no table', () => {
  it.each([
    ['an empty file', '', 'x.csv'],
    ['a binary file', new Uint8Array(gzipSync('a,b\n'.repeat(1_000))), 'x.csv'],
    ['a truncated JSON file', '[{"a":1},{"a":', 'x.json'],
    ['a Parquet file that is none', 'PAR1 and nothing more', 'x.parquet'],
    ['a ragged CSV', 'a,b\n1,2\n1,2,3\n', 'x.csv'],
  ])('says what is wrong with %s', async (_, content, name) => {
    const refused = await upload(content, name);
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', issues: [{ path: 'input.file' }] });
    expect(refused.message.length).toBeGreaterThan(20);
  });

  it('names the line of a ragged row', async () => {
    expect((await upload('a,b\n1,2\n1,2,3\n', 'x.csv')).message).toMatch(/line 3/i);
  });

  it('refuses a file above the limit', async () => {
    expect(await upload(`a\n${'1234567\n'.repeat(131_072)}`, 'x.csv')).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.file', message: 'must have at most 1 MiB' }],
    });
  });

  it('does not even read one far above it', async () => {
    const { errors } = await gateway.upload(
      session,
      new File([`a\n${'1234567\n'.repeat(300_000)}`], 'x.csv'),
    );
    expect(errors?.[0]?.extensions.code).toBe('PAYLOAD_TOO_LARGE');
  });

  it('leaves no file behind', async () => {
    const before = await gateway.gateway.store.db.selectFrom('datasets').select('storage_key').execute();
    await upload('', 'x.csv');
    await gateway.gateway.services.housekeeping.turn();
    expect(readdirSync(gateway.files).sort()).toEqual(before.map(({ storage_key }) => storage_key).sort());
  });
});

describe('uploading to a session that is not there', () => {
  it('answers NotFoundError', async () => {
    const { data } = await gateway.upload('session_0', new File(['a\n1\n'], 'x.csv'));
    expect(data.uploadDataset).toMatchObject({ __typename: 'NotFoundError' });
  });
});
