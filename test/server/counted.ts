import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { openEmbedded } from '../../src/store/embedded.ts';
import type { Db } from '../../src/store/index.ts';
import { silent } from '../support/stores.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the test asks for
type Data = any;

export interface CountedGateway extends AsyncDisposable {
  db: Db;
  ask(query: string, variables?: object): Promise<Data>;
  /** The same, with how many answers its resolvers got from the store. */
  counted(query: string, variables?: object): Promise<{ data: Data; statements: number }>;
  openSession(): Promise<string>;
  /** By a mutation that takes an `input`; gives the id of what came of it. */
  start(mutation: string, input: object): Promise<string>;
  /** Lets time pass, for all but the database. */
  pass(seconds: number): void;
}

/** A gateway that counts, request by request, what its resolvers ask of the store; its own chores are nobody's request. */
export async function startCounted(role: 'all' | 'gateway'): Promise<CountedGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-statements-'));
  const asking = new AsyncLocalStorage<{ statements: number }>();
  const store = await openEmbedded(
    { dataDir: 'memory:', log: silent },
    new Blob([readFileSync(inject('image'))]),
  );
  const db = store.db.withPlugin({
    transformQuery: ({ node }) => node,
    transformResult: async ({ result }) => {
      const request = asking.getStore();
      if (request) request.statements += 1;
      return result;
    },
  });
  let now = Date.now();
  const config = readConfig({ DATA_DIR: directory, PORT: '0', LOG_LEVEL: 'silent' });
  const gateway = await createGateway(
    { ...config, ROLE: role },
    { store: { ...store, db }, log: silent, listens: false, now: () => new Date(now) },
  );

  const counted: CountedGateway['counted'] = async (query, variables = {}) => {
    const request = { statements: 0 };
    const response = await asking.run(request, () =>
      gateway.fetch(
        new Request('http://localhost/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        }),
      ),
    );
    const { data, errors } = (await response.json()) as { data: Data; errors?: object[] };
    if (errors) throw new Error(`${query} was answered with ${JSON.stringify(errors)}`);
    return { data, statements: request.statements };
  };
  const ask: CountedGateway['ask'] = async (query, variables) => (await counted(query, variables)).data;
  const start: CountedGateway['start'] = async (mutation, input) => {
    const type = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}Input!`;
    const fields = `${mutation}(input: $input) { ... on Node { id } ... on Error { message } }`;
    const { [mutation]: result } = await ask(`mutation($input: ${type}) { ${fields} }`, { input });
    if (!result.id) throw new Error(`${mutation} was answered with ${JSON.stringify(result)}`);
    return result.id;
  };
  return {
    db,
    counted,
    ask,
    start,
    openSession: () => start('createSession', {}),
    pass: (seconds) => {
      now += 1_000 * seconds;
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
