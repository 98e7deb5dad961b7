type Spec = Record<string, unknown>;

/** Links and anything to be fetched: a chart is shown inside other people's pages. */
const forbidden = new Set(['href', 'url', 'usermeta', '__proto__', 'constructor', 'prototype']);
/** What holds data and not the specification. */
const dataKeys = new Set(['values', 'datasets']);

/**
 * Returns the specification with its rows inline, once it asks for nothing but its rows.
 *
 * @throws {Error} Names what is wrong.
 */
export function checkSpec(spec: unknown, rows: unknown): Spec {
  if (!isObject(spec)) throw new Error('the specification must be an object');
  let isTransformed = false;
  const fields: string[] = [];
  walk(spec, (key, value, parent) => {
    if (forbidden.has(key))
      throw new Error(`"${key}" is not allowed; data comes from the rows, links from nowhere`);
    if (key === 'mark' && (value === 'image' || (isObject(value) && value.type === 'image'))) {
      throw new Error('image marks are not allowed');
    }
    if (key === 'transform' || key === 'repeat') isTransformed = true;
    if (key === 'field' && typeof value === 'string' && !('repeat' in parent)) fields.push(value);
  });

  const inline = isObject(spec.data) ? spec.data.values : undefined;
  const values = rows ?? inline;
  if (values === undefined && !hasOwnData(spec)) {
    throw new Error('there is no data: pass rows as the third argument, or data: { values: rows }');
  }
  if (values !== undefined && !Array.isArray(values)) throw new Error('data.values must be an array of rows');
  if (values && !isTransformed) checkFields(fields, values);
  return values === undefined ? spec : { ...spec, data: { ...(isObject(spec.data) && spec.data), values } };
}

function checkFields(fields: string[], rows: unknown[]): void {
  const columns = new Set(
    rows.slice(0, 1_000).flatMap((row) => (isObject(row) ? Object.keys(row) : ['data'])),
  );
  if (columns.size === 0) return;
  for (const field of fields) {
    const unescaped = field.replaceAll('\\', '');
    const root = field.split(/(?<!\\)[.[]/)[0]!.replaceAll('\\', '');
    if (columns.has(root)) continue;
    if (columns.has(unescaped)) {
      throw new Error(
        `the column ${JSON.stringify(unescaped)} has a dot or bracket in its name: rename it, or write "\\\\." for each "."`,
      );
    }
    throw new Error(
      `there is no column ${JSON.stringify(field)} in its rows; the columns are ${[...columns].slice(0, 30).join(', ')}`,
    );
  }
}

/** Parts that carry their own data: then the whole needs none. */
function hasOwnData(spec: Spec): boolean {
  let found = false;
  walk(spec, (key) => {
    if (key === 'data' || key === 'datasets') found = true;
  });
  return found;
}

function walk(node: unknown, visit: (key: string, value: unknown, parent: Spec) => void, depth = 0): void {
  if (depth > 100) throw new Error('the specification is nested too deeply');
  if (Array.isArray(node)) for (const item of node) walk(item, visit, depth + 1);
  if (!isObject(node)) return;
  for (const [key, value] of Object.entries(node)) {
    visit(key, value, node);
    if (!dataKeys.has(key)) walk(value, visit, depth + 1);
  }
}

const isObject = (value: unknown): value is Spec =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
