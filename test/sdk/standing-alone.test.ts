import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../sdk/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);

it.each(files)('%s runs in a browser: it knows nothing of Node, nor of the gateway’s code', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const imported = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(([, from]) => from!);
  const allowed = /^\.{1,2}\/(?!\.\.)(?!.*src\/)|^graphql-ws\/client$/;
  const types = /^@graphql-typed-document-node\/core$/;
  expect(imported.filter((from) => !allowed.test(from) && !types.test(from))).toEqual([]);
  expect(text).not.toMatch(/\b(?:process|Buffer|require|__dirname|setImmediate)\b/);
});
