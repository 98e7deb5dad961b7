import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createGateway, type Gateway } from '../../src/gateway.ts';
import type { Analyst } from '../../src/services/index.ts';
import { openEmbedded } from '../../src/store/embedded.ts';
import { silent } from './stores.ts';

/** What a client reads of an answer; tests look at the parts they expect. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asks for
export type Answer = { data: any; errors?: { message: string; extensions: Record<string, unknown> }[] };

export interface TestGateway extends AsyncDisposable {
  gateway: Gateway;
  /** Folder of the uploaded files. */
  files: string;
  /** Of the GraphQL endpoint, where the gateway listens. */
  url: string;
  ask(query: string, variables?: Record<string, unknown>, options?: { token?: string }): Promise<Answer>;
  upload(sessionId: string, file: File, options?: { token?: string; name?: string }): Promise<Answer>;
  openSession(input?: Record<string, unknown>): Promise<string>;
  /** Starts an analysis and gives its id. */
  analyse(sessionId: string, message: string, more?: Record<string, unknown>): Promise<string>;
  /** Every event of a subscription until it completes or `signal` fires. */
  follow(subscription: string, options?: { token?: string; signal?: AbortSignal }): AsyncGenerator<Answer>;
}

export interface GatewaySettings {
  environment?: Record<string, string>;
  now?: () => Date;
  listens?: boolean;
  analysts?: readonly Analyst[];
}

/** A whole gateway in this process, on an embedded store in memory. */
export async function startGateway({
  environment = {},
  now,
  listens = false,
  analysts = [],
}: GatewaySettings = {}): Promise<TestGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  const store = await openEmbedded(
    { dataDir: 'memory:', log: silent },
    new Blob([readFileSync(inject('image'))]),
  );
  const config = readConfig({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'silent', ...environment });
  const gateway = await createGateway(config, { store, log: silent, listens, analysts, ...(now && { now }) });
  return {
    ...clientOf(gateway),
    files: join(directory, 'files'),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Talks to a gateway in this process. */
function clientOf(gateway: Gateway): Omit<TestGateway, 'files' | typeof Symbol.asyncDispose> {
  const url = gateway.url ?? 'http://localhost/graphql';
  const headers = (token?: string) => (token ? { authorization: `Bearer ${token}` } : {});

  const post = (body: object, more: Record<string, string>, signal?: AbortSignal) =>
    gateway.fetch(
      new Request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...more },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
    );

  const ask: TestGateway['ask'] = async (query, variables = {}, { token } = {}) =>
    (await (
      await post({ query, variables }, { ...headers(token), accept: 'application/json' })
    ).json()) as Answer;

  return {
    gateway,
    url,
    ask,
    async upload(sessionId, file, { token, name } = {}) {
      const form = new FormData();
      form.set(
        'operations',
        JSON.stringify({
          query: UPLOAD,
          variables: { input: { sessionId, file: null, ...(name && { name }) } },
        }),
      );
      form.set('map', JSON.stringify({ file: ['variables.input.file'] }));
      form.set('file', file);
      const response = await gateway.fetch(
        new Request(url, {
          method: 'POST',
          headers: { 'x-graphql-yoga-csrf': '1', ...headers(token) },
          body: form,
        }),
      );
      return (await response.json()) as Answer;
    },
    async openSession(input = {}) {
      const { data } = await ask(
        'mutation($input: CreateSessionInput!) { createSession(input: $input) { ... on Session { id } } }',
        { input },
      );
      return data.createSession.id as string;
    },
    async analyse(sessionId, message, more = {}) {
      const { data } = await ask(
        'mutation($input: StartAnalysisInput!) { startAnalysis(input: $input) { ... on Node { id } ... on Error { message } } }',
        { input: { sessionId, message, ...more } },
      );
      if (!data.startAnalysis.id) throw new Error(data.startAnalysis.message);
      return data.startAnalysis.id as string;
    },
    async *follow(query, { token, signal } = {}) {
      const response = await post({ query }, { ...headers(token), accept: 'text/event-stream' }, signal);
      if (!response.body) return;
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
          const message = text.slice(0, end);
          text = text.slice(end + 2);
          const data = /^data: (.+)$/m.exec(message)?.[1];
          if (/^event: next$/m.test(message) && data) yield JSON.parse(data) as Answer;
        }
      }
    },
  };
}

const UPLOAD = `mutation($input: UploadDatasetInput!) {
  uploadDataset(input: $input) {
    __typename
    ... on Dataset { id name format bytes rowCount columns { name type nullCount distinctCount min max examples } }
    ... on InvalidInputError { message issues { path message } }
    ... on Error { message }
  }
}`;
