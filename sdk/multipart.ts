/** A request's body: JSON, or a form of several parts where its variables hold files (GraphQL multipart request). */
export function encode(request: { query: string; variables: object }): {
  body: string | FormData;
  /** Undefined where `fetch` has to say it, because it chooses the boundary. */
  contentType: string | undefined;
} {
  const files: [path: string, file: Blob][] = [];
  const operations = JSON.stringify(withoutFiles(request, '', files));
  if (files.length === 0) return { body: operations, contentType: 'application/json' };

  const form = new FormData();
  form.set('operations', operations);
  form.set('map', JSON.stringify(Object.fromEntries(files.map(([path], index) => [index, [path]]))));
  for (const [index, [, file]] of files.entries()) form.set(String(index), file);
  return { body: form, contentType: undefined };
}

function withoutFiles(value: unknown, path: string, files: [string, Blob][]): unknown {
  if (value instanceof Blob) {
    files.push([path, value]);
    return null;
  }
  if (value === null || typeof value !== 'object' || 'toJSON' in value || value instanceof String)
    return value;
  if (Array.isArray(value)) return value.map((item, index) => withoutFiles(item, at(path, index), files));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutFiles(item, at(path, key), files)]),
  );
}

const at = (path: string, key: string | number) => (path ? `${path}.${key}` : String(key));
