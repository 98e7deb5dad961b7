import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import type { GraphQLParams } from 'graphql-yoga';
import type { Call } from './call.ts';
import { badRequest, consume, tooLarge } from './consume.ts';
import type { ServerLimits } from './limits.ts';

type UploadLimits = Pick<ServerLimits, 'jsonBytes' | 'uploadBytes' | 'uploadFiles' | 'uploadMs'>;

/**
 * Reads a request of the GraphQL multipart request specification. Its files wait in a folder of their own until the
 * call ends; resolvers get `File`s that read from there, so an upload costs disk and no memory.
 */
export async function readMultipart(
  source: Readable,
  contentType: string,
  call: Call,
  limits: UploadLimits,
): Promise<GraphQLParams> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-upload-'));
  call.onEnd(() => void rm(folder, { recursive: true, force: true }).catch(() => {}));

  const { fields, files } = await spool(source, contentType, folder, limits);
  const operations = parsed(fields, 'operations');
  if (Array.isArray(operations)) throw badRequest('Batching is not supported.');
  for (const [name, paths] of Object.entries(parsed(fields, 'map'))) {
    const file = files.get(name);
    if (!file) throw badRequest(`The file ${JSON.stringify(name)} of the map is missing.`);
    if (!Array.isArray(paths)) throw badRequest('Each entry of the map must be a list of paths.');
    for (const path of paths) place(operations, String(path), file);
  }
  return operations;
}

async function spool(source: Readable, contentType: string, folder: string, limits: UploadLimits) {
  const fields = new Map<string, string>();
  const files = new Map<string, File>();
  const streams: Readable[] = [];
  const writing: Promise<void>[] = [];
  const form = formParser(contentType, limits);

  const failed = new Promise<never>((_, reject) => {
    form.on('error', () => reject(badRequest('The multipart body is malformed.')));
    form.on('filesLimit', () => reject(badRequest(`At most ${limits.uploadFiles} files are allowed.`)));
    form.on('partsLimit', () => reject(badRequest('The multipart body has too many parts.')));
    form.on('fieldsLimit', () => reject(badRequest('The multipart body has too many fields.')));
    form.on('field', (name, value, _nameCut, valueCut) => {
      if (valueCut) reject(tooLarge(limits.jsonBytes));
      fields.set(name, value);
    });
    form.on('file', (name, stream, filename, _encoding, type) => {
      const path = join(folder, String(writing.length));
      const written = pipeline(stream, createWriteStream(path)).then(async () => {
        files.set(name, new File([await openAsBlob(path)], filename ?? name, { type }));
      });
      written.catch(reject);
      streams.push(stream);
      writing.push(written);
    });
  });

  try {
    const finished = new Promise((resolve) => form.once('finish', resolve));
    const bounds = { bytes: limits.uploadBytes, ms: limits.uploadMs };
    const read = consume(source, bounds, (chunk) => {
      if (form.destroyed || form.write(chunk)) return;
      return Promise.race([new Promise<void>((resolve) => form.once('drain', resolve)), failed]);
    });
    await Promise.race([read.then(() => form.end()).then(() => finished), failed]);
    await Promise.race([Promise.all(writing), failed]);
  } catch (error) {
    for (const stream of [form, ...streams]) stream.destroy();
    throw error;
  }
  return { fields, files };
}

function formParser(contentType: string, limits: UploadLimits) {
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      limits: {
        files: limits.uploadFiles,
        fields: 2,
        fieldSize: limits.jsonBytes,
        fileSize: limits.uploadBytes,
        headerPairs: 20,
      },
    });
  } catch {
    throw badRequest('The content type multipart/form-data needs a boundary.');
  }
}

function parsed(fields: Map<string, string>, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(fields.get(name) ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw badRequest(`The multipart field "${name}" must be a JSON object.`);
}

/** Puts a file where the client left a null for it, and nowhere else. */
function place(operations: Record<string, unknown>, path: string, file: File): void {
  const keys = path.split('.');
  const last = keys.pop()!;
  let target: unknown = operations;
  for (const key of keys) target = ownValue(target, key);
  if (keys[0] !== 'variables' || ownValue(target, last) !== null) {
    throw badRequest(`The map's path ${JSON.stringify(path)} must lead to a null among the variables.`);
  }
  (target as Record<string, unknown>)[last] = file;
}

const ownValue = (target: unknown, key: string): unknown =>
  typeof target === 'object' && target !== null && Object.hasOwn(target, key)
    ? (target as Record<string, unknown>)[key]
    : undefined;
