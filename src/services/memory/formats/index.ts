/** How the legacy application writes its sessions down. */
import { asDocument, LARGEST_DOCUMENT, type LegacyDocument, type LegacyValue } from '../document.ts';
import { LegacyDocumentError } from '../errors.ts';
import { readJson, writeJson } from './json.ts';
import { readMsgpack, writeMsgpack } from './msgpack.ts';
import { readPickle } from './pickle-reading.ts';
import { writePickle } from './pickle-writing.ts';

/** `msgpack` and `json` are Flask-Session's since 0.7; `pickle` is what came before, and what files hold. */
export type LegacyFormat = 'msgpack' | 'json' | 'pickle';

const FORMATS: Readonly<
  Record<LegacyFormat, { read: (bytes: Uint8Array) => LegacyValue; write: (value: LegacyValue) => Buffer }>
> = {
  msgpack: { read: readMsgpack, write: writeMsgpack },
  json: { read: readJson, write: writeJson },
  pickle: { read: readPickle, write: writePickle },
};

/**
 * Tells the format by its first bytes, which cannot be confused: the others' would be followed by leftovers.
 *
 * @throws {LegacyDocumentError}
 */
export function formatOf(bytes: Uint8Array): LegacyFormat {
  const [first = 0] = bytes;
  if (first === 0x7b || first === 0x20 || first === 0x0a) return 'json';
  // 0x80 alone is an empty MessagePack map; before anything else it opens a pickle. ( and } open the oldest pickles.
  if ((first === 0x80 && bytes.length > 1) || first === 0x28 || first === 0x7d) return 'pickle';
  return 'msgpack';
}

/** @throws {LegacyDocumentError} */
export function readDocument(bytes: Uint8Array, format: LegacyFormat): LegacyDocument {
  if (bytes.length > LARGEST_DOCUMENT)
    throw new LegacyDocumentError(`it has ${bytes.length} bytes; ${LARGEST_DOCUMENT} are the limit.`);
  return asDocument(FORMATS[format].read(bytes));
}

/** @throws {LegacyDocumentError} */
export const writeDocument = (document: LegacyDocument, format: LegacyFormat): Buffer =>
  FORMATS[format].write(document);
