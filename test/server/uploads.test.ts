import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startWorld } from './world.ts';

const upload = 'mutation($file: File!) { upload(input: { file: $file }) { name type bytes head } }';
const headers = { 'x-graphql-yoga-csrf': '1', accept: 'application/graphql-response+json' };
const spooled = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('signalbox-upload-'));

/** A place of our own for temporary files: processes that are killed elsewhere leave theirs behind. */
let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'signalbox-uploads-'));
  vi.stubEnv('TMPDIR', place);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(place, { recursive: true });
});

function form(operations: unknown, map: unknown, files: Record<string, File>): FormData {
  const data = new FormData();
  data.set('operations', JSON.stringify(operations));
  data.set('map', JSON.stringify(map));
  for (const [name, file] of Object.entries(files)) data.set(name, file);
  return data;
}

const one = (file: File) =>
  form({ query: upload, variables: { file: null } }, { 0: ['variables.file'] }, { 0: file });

describe('uploading a file', () => {
  it('hands it to the resolver with its name, type and content, and leaves nothing behind', async () => {
    await using world = await startWorld();
    const body = one(new File(['a,b\n1,2\n'], 'sales.csv', { type: 'text/csv' }));
    const response = await fetch(world.url, { method: 'POST', headers, body });

    expect(await response.json()).toEqual({
      data: { upload: { name: 'sales.csv', type: 'text/csv', bytes: 8, head: 'a,b\n1,2\n' } },
    });
    await expect.poll(spooled).toEqual([]);
  });

  it('takes several at once', async () => {
    await using world = await startWorld();
    const body = form(
      {
        query: 'mutation($files: [File!]!) { uploads(files: $files) { name } }',
        variables: { files: [null, null] },
      },
      { a: ['variables.files.0'], b: ['variables.files.1'] },
      { a: new File(['1'], 'one'), b: new File(['2'], 'two') },
    );
    expect(await (await fetch(world.url, { method: 'POST', headers, body })).json()).toEqual({
      data: { uploads: [{ name: 'one' }, { name: 'two' }] },
    });
  });

  it('takes 192 MiB without holding them in memory', async () => {
    await using world = await startWorld({ limits: { uploadBytes: 200 * 1024 ** 2 } });
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    const piece = Buffer.alloc(64 * 1024, 'x');
    const status = await new Promise((resolve, reject) => {
      const type = 'multipart/form-data; boundary=x';
      const sending = request(world.url, { method: 'POST', headers: { ...headers, 'content-type': type } });
      sending.on('error', reject).on('response', (response) => resolve(response.statusCode));
      Readable.from(
        (function* () {
          const operations = JSON.stringify({ query: upload, variables: { file: null } });
          yield `--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n${operations}\r\n`;
          yield '--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0":["variables.file"]}\r\n';
          yield '--x\r\nContent-Disposition: form-data; name="0"; filename="large.bin"\r\n\r\n';
          for (let sent = 0; sent < 192 * 1024 ** 2; sent += piece.length) {
            peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
            yield piece;
          }
          yield '\r\n--x--\r\n';
        })(),
      ).pipe(sending);
    });

    expect(status).toBe(200);
    expect(peak).toBeLessThan(128 * 1024 ** 2);
  });
});

describe('leaving in the middle of an upload', () => {
  it('leaves nothing behind', async () => {
    await using world = await startWorld();
    await expect.poll(spooled).toEqual([]);
    const type = 'multipart/form-data; boundary=x';
    const sending = request(world.url, { method: 'POST', headers: { ...headers, 'content-type': type } });
    sending.on('error', () => {});
    sending.write('--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\nabc');
    await expect.poll(spooled).toHaveLength(1);
    sending.destroy();
    await expect.poll(spooled).toEqual([]);
    await expect.poll(() => world.lines).toMatchObject([{ cut: true }]);
  });
});

describe('uploading wrongly', () => {
  it.each([
    [
      'a map that leads elsewhere',
      form({ query: upload, variables: { file: 'x' } }, { 0: ['variables.file'] }, { 0: new File([], 'x') }),
    ],
    [
      'a map into the prototype',
      form({ query: upload, variables: {} }, { 0: ['variables.__proto__.x'] }, { 0: new File([], 'x') }),
    ],
    [
      'a file that is missing',
      form({ query: upload, variables: { file: null } }, { 0: ['variables.file'] }, {}),
    ],
    ['a map that is no object', form({ query: upload }, 7, {})],
    ['a batch', form([{ query: upload }], {}, {})],
    [
      'too many files',
      form(
        { query: upload },
        {},
        Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, new File([], 'x')])),
      ),
    ],
  ])('is told of %s', async (_, body) => {
    await using world = await startWorld();
    const response = await fetch(world.url, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    await expect.poll(spooled).toEqual([]);
  });

  it('is told that the file is too large, announced or not', async () => {
    await using world = await startWorld({ limits: { uploadBytes: 100_000 } });
    const answer = async (body: BodyInit, more: Record<string, string> = {}) => {
      const init = { method: 'POST', headers: { ...headers, ...more }, body, duplex: 'half' } as RequestInit;
      const response = await fetch(world.url, init);
      return [response.status, await response.json()];
    };
    const tooLarge = [413, { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] }];
    const body = one(new File([new Uint8Array(1_000_000)], 'large'));

    expect(await answer(body)).toMatchObject(tooLarge);
    const parts = new Request('http://localhost', { method: 'POST', body });
    const type = parts.headers.get('content-type')!;
    expect(await answer(parts.body!, { 'content-type': type })).toMatchObject(tooLarge);
    await expect.poll(spooled).toEqual([]);
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=x'])(
    'is told of a body that is no %s',
    async (type) => {
      await using world = await startWorld();
      const response = await fetch(world.url, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: '--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"que',
      });
      expect(response.status).toBe(400);
      await expect.poll(spooled).toEqual([]);
    },
  );
});
