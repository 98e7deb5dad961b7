import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { schema } from '../src/schema/index.ts';
import { startGateway, type TestGateway } from './support/gateway.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'sdk/README.md',
  'examples/data/README.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : [])),
  ),
];
const read = (page: string) => readFileSync(join(root, page), 'utf8');
const blocks = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code]) => code ?? '',
  );

describe('the documentation', () => {
  it.each(pages)('%s: links to files that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
    expect(links.filter((link) => !existsSync(join(root, dirname(page), link)))).toEqual([]);
  });

  it.each(pages)('%s: shows GraphQL that the schema knows', (page) => {
    const wrong = blocks(page, 'graphql').flatMap((query) =>
      validate(schema, parse(query)).map(({ message }) => message),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the README’s first queries', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  it('open a session, upload a file, start an analysis and follow it', async () => {
    const [open = '', start = '', follow = ''] = blocks('README.md', 'graphql');
    const session = (await gateway.ask(open)).data.createSession.id;

    const upload = blocks('README.md', 'sh').find((block) => block.startsWith('curl')) ?? '';
    const [, operations = ''] = /-F operations='([^']+)'/.exec(upload) ?? [];
    const [, map = ''] = /-F map='([^']+)'/.exec(upload) ?? [];
    const [, file = ''] = /-F 0=@(\S+)/.exec(upload) ?? [];
    const [, header = '', value = ''] = /-H '([^:]+): ([^']+)'/.exec(upload) ?? [];
    const form = new FormData();
    form.set('operations', operations.replace('session_…', session));
    form.set('map', map);
    form.set('0', new File([readFileSync(join(root, file))], 'penguins.csv'));
    const response = await gateway.gateway.fetch(
      new Request(gateway.url, { method: 'POST', headers: { [header]: value }, body: form }),
    );
    const { data } = (await response.json()) as { data: { uploadDataset: { id: string; rowCount: number } } };
    expect(data.uploadDataset.rowCount).toBe(344);

    const started = await gateway.ask(
      start.replace('session_…', session).replace('dataset_…', data.uploadDataset.id),
    );
    const events = [];
    for await (const event of gateway.follow(follow.replace('job_…', started.data.startAnalysis.id)))
      events.push(event.data.jobProgress);
    expect(events.at(-1).job.status).toBe('COMPLETED');
    expect(events.at(-1).job.result.report.markdown).toContain('Gentoo');
  });
});
