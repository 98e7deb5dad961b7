import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { connect, unwrap } from '../../sdk/index.ts';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { configured } from '../support/background.ts';
import { failing as refusing } from '../support/provider.ts';
import { startResponsesProvider } from '../support/responses-provider.ts';
import { describeOnStores, silent, type TestDatabase } from '../support/stores.ts';
import {
  begin,
  edge,
  expectSound,
  failing,
  question,
  stateOf,
  statusesOf,
  story,
  transform,
  until,
} from './workflow-world.ts';

/** A gateway whose store the test reaches into. What begins with `hold` is thought about until the end of time. */
async function open(database: TestDatabase, now: () => Date = () => new Date()) {
  const provider = await startResponsesProvider({
    answers: (text) => (text.startsWith('hold') ? undefined : `On ${text}: yes.`),
  });
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-workflow-store-'));
  const store = await database.open();
  const config = readConfig({
    DATA_DIR: directory,
    PORT: '0',
    LOG_LEVEL: 'silent',
    ...configured(provider),
  });
  const gateway = await createGateway(config, { store, log: silent, listens: true, now });
  return {
    provider,
    store,
    signalbox: connect(gateway.url!),
    /** The provider refuses what it is asked next, so many times. */
    refuse(times: number): void {
      let left = times;
      provider.instead = ({ method }) => {
        if (method !== 'POST' || left <= 0) return undefined;
        left -= 1;
        return refusing(503);
      };
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await provider[Symbol.asyncDispose]();
      await database.drop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

describeOnStores('a thread that is to be tried again', (create) => {
  it('is, also by a process whose clock is behind the store’s', async () => {
    await using world = await open(await create(), () => new Date(Date.now() - 100));
    world.refuse(2);
    const definition = { threads: [question('ask')], dependencies: [], retryDelayMs: 20 };
    const { id } = await begin(world.signalbox, definition);

    expectSound(definition, await story(world.signalbox, id), await stateOf(world.signalbox, id));
    expect((await stateOf(world.signalbox, id)).threads).toMatchObject([{ status: 'COMPLETED', attempt: 3 }]);
  });

  it('is, although the ticket for it was drawn before its time', async () => {
    await using world = await open(await create());
    const { signalbox, store } = world;
    world.refuse(1);
    const definition = { threads: [question('ask')], dependencies: [], retryDelayMs: 3_000 };
    const { id } = await begin(signalbox, definition);
    const told = story(signalbox, id);
    const moved = () =>
      sql`
        update signalbox_queue.job set start_after = now()
        where data ->> 'jobId' = ${id} and state = 'created' and start_after > now()
      `.execute(store.db);
    await expect.poll(async () => (await moved()).numAffectedRows).toBe(1n);
    // The ticket of another run has the queue looked through, from its oldest on.
    const other = await begin(signalbox, { threads: [transform('one', '1')] });
    await story(signalbox, other.id);

    expectSound(definition, await told, await stateOf(signalbox, id));
    expect((await stateOf(signalbox, id)).threads).toMatchObject([{ status: 'COMPLETED', attempt: 2 }]);
  });
});

describeOnStores('a run that cannot be coordinated', (create) => {
  it('ends with its threads and their jobs', async () => {
    await using world = await open(await create());
    const { signalbox, store, provider } = world;
    const definition = {
      policy: 'ADAPTIVE' as const,
      threads: [
        transform('done', '1'),
        question('slow', 'hold on'),
        question('quick', 'hold out'),
        failing('stuck'),
        transform('after', '2'),
        transform('never', '3'),
      ],
      dependencies: [edge('slow', 'after'), edge('stuck', 'never', { type: 'DATA_FLOW' })],
    };
    const { id } = await begin(signalbox, definition);
    const told = story(signalbox, id);
    await until(signalbox, id, 'stuck', 'WAITING');
    await expect.poll(() => provider.about('hold on').length + provider.about('hold out').length).toBe(2);
    const [, slow, quick] = (await stateOf(signalbox, id)).threads.map(({ job }) => job?.id);
    // From now on, no turn can be written down.
    await sql`alter table workflow_runs add constraint frozen check (false) not valid`.execute(store.db);
    unwrap(await signalbox.cancel(quick!));

    const changes = await told;
    const run = await stateOf(signalbox, id);
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
    expect(statusesOf(run)).toEqual({
      done: 'COMPLETED',
      slow: 'CANCELLED',
      quick: 'CANCELLED',
      stuck: 'FAILED',
      after: 'SKIPPED',
      never: 'SKIPPED',
    });
    expectSound(definition, changes, run);
    await expect.poll(async () => (await signalbox.job(slow!))?.status).toBe('CANCELLED');
    await expect.poll(() => provider.about('hold on')[0]?.status).toBe('cancelled');
  });
});

describeOnStores('what a thread was given', (create) => {
  const definition = {
    threads: [question('ask'), transform('tell', 'inputs.said')],
    dependencies: [
      edge('ask', 'tell', {
        type: 'DATA_FLOW',
        dataMapping: [{ from: 'response', to: 'said' }],
      }),
    ],
  };

  it('is known as long as its run is there: no job of a run is deleted without it', async () => {
    await using world = await open(await create());
    const { signalbox } = world;
    const { id } = await begin(signalbox, definition);
    await story(signalbox, id);
    const asked = (await stateOf(signalbox, id)).threads[0]!.job!.id;

    expect(await signalbox.deleteJob(asked)).toMatchObject({ __typename: 'InvalidStateError' });
    expect((await stateOf(signalbox, id)).threads[1]?.input).toEqual({ said: 'On ask: yes.' });

    unwrap(await signalbox.deleteJob(id));
    expect(await signalbox.job(asked)).toBeNull();
  });

  it('is not made up where a part of it is there no longer', async () => {
    await using world = await open(await create());
    const { signalbox, store } = world;
    const { id } = await begin(signalbox, definition);
    await story(signalbox, id);
    const asked = (await stateOf(signalbox, id)).threads[0]!.job!.id;
    await store.db.deleteFrom('jobs').where('id', '=', asked).execute();

    expect((await stateOf(signalbox, id)).threads).toMatchObject([
      { status: 'COMPLETED', output: null },
      { status: 'COMPLETED', input: null, output: 'On ask: yes.' },
    ]);
  });
});
