import { openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Signalbox } from '../../sdk/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const folder = new URL('../../examples/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.graphql'));
let gateway: TestGateway;
let signalbox: Signalbox;
beforeAll(async () => {
  gateway = await startGateway({ listens: true });
  signalbox = connect(gateway.url);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Ids that earlier requests answered with, by their kind. */
const ids: Record<string, string> = {};

/** What a file's comment says, with the ids of this run in place of `session_…`. */
async function variablesOf(text: string): Promise<Record<string, unknown>> {
  const given = /^# Variables: (.+)$/m.exec(text)?.[1] ?? '{}';
  const variables = JSON.parse(given.replace(/(\w+)_…/g, (_, kind: string) => ids[kind] ?? 'missing'));
  const file = 'file' in variables && (await openAsBlob(new URL('data/penguins.csv', folder)));
  return file ? { ...variables, file } : variables;
}

it.each(files)('%s runs as it is', async (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const variables = await variablesOf(text);
  if (/^subscription/m.test(text)) return followed(text, variables);

  const answer = (await signalbox.query(text, variables)) as Record<
    string,
    { __typename?: string; id?: string }
  >;
  const [field] = Object.values(answer);
  expect(field).toBeTruthy();
  expect(field?.__typename ?? '').not.toMatch(/Error$/);
  const { id } = field ?? {};
  if (id) ids[id.slice(0, id.indexOf('_'))] = id;
});

async function followed(query: string, variables: Record<string, unknown>): Promise<void> {
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
  });
  const events = await response.text();
  expect(events).toContain('"__typename":"JobFinished"');
  expect(events).toContain('"status":"COMPLETED"');
}
