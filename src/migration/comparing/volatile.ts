import type { Json } from './types.ts';

/** Names what kind of thing that changes by itself a value is; null for values that are expected to stay. */
export type Volatile = (value: Json) => string | null;

const ISO_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** `session_01h…`, as our own ids, and `resp_…`, `chatcmpl-…`, as providers have them. */
const TYPED_ID = /^([a-z][a-z_]{1,62})[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{20,128}$/;

/** Times and ids by their look. An id of another type is a difference, as is an id where there was a time. */
export const timesAndIds: Volatile = (value) => {
  if (typeof value !== 'string' || value.length > 200) return null;
  if (ISO_TIME.test(value)) return 'time';
  if (UUID.test(value)) return 'uuid';
  const type = TYPED_ID.exec(value)?.[1];
  return type === undefined ? null : `id of a ${type}`;
};
