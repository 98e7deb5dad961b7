import { describe, expect, it } from 'vitest';
import { Talker } from '../support/analysts.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

const TOKENS = { AUTH_TOKENS: 'ada=ada-token-0123456789,bob=bob-token-0123456789' };
const ADA = { token: 'ada-token-0123456789' };
const BOB = { token: 'bob-token-0123456789' };
const noon = new Date('2026-03-01T12:00:00Z');
const later = (minutes: number) => new Date(noon.getTime() + 60_000 * minutes);

const CREATE = `mutation($input: CreateSessionInput!) {
  createSession(input: $input) {
    __typename
    ... on Session { id chatModel selectedVoice currentScenario preferences createdAt lastSeenAt expiresAt }
    ... on InvalidInputError { message issues { path message } }
  }
}`;
const CLOSE = `mutation($input: CloseSessionInput!) {
  closeSession(input: $input) {
    __typename
    ... on ClosedSession { id cancelledJobs }
    ... on InvalidStateError { message status }
    ... on NotFoundError { id }
  }
}`;
const session = (gateway: TestGateway, id: string, options = {}) =>
  gateway.ask('query($id: ID!) { session(id: $id) { id expiresAt preferences } }', { id }, options);

describe('opening a session', () => {
  it('keeps what was given and expires an hour after its last use', async () => {
    await using gateway = await startGateway({ now: () => noon });
    const { data } = await gateway.ask(CREATE, {
      input: {
        chatModel: 'm',
        selectedVoice: 'v',
        currentScenario: 's',
        preferences: { language: 'ja', deep: [{ x: 1 }] },
      },
    });
    expect(data.createSession).toMatchObject({
      __typename: 'Session',
      chatModel: 'm',
      selectedVoice: 'v',
      currentScenario: 's',
      preferences: { language: 'ja', deep: [{ x: 1 }] },
      createdAt: noon.toISOString(),
      lastSeenAt: noon.toISOString(),
      expiresAt: later(60).toISOString(),
    });
  });

  it('needs nothing at all', async () => {
    await using gateway = await startGateway();
    const { data } = await gateway.ask(
      'mutation { createSession { __typename ... on Session { preferences } } }',
    );
    expect(data.createSession).toEqual({ __typename: 'Session', preferences: {} });
  });

  it('names every field that is wrong', async () => {
    await using gateway = await startGateway();
    const { data } = await gateway.ask(CREATE, {
      input: { chatModel: ' ', selectedVoice: 'x'.repeat(201), preferences: ['no'] },
    });
    expect(data.createSession).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.chatModel' }, { path: 'input.selectedVoice' }, { path: 'input.preferences' }],
    });
  });
});

describe('a session of somebody else', () => {
  it('does not exist', async () => {
    await using gateway = await startGateway({ environment: TOKENS });
    const { data } = await gateway.ask(CREATE, { input: {} }, ADA);
    const { id } = data.createSession;

    expect((await session(gateway, id, ADA)).data.session.id).toBe(id);
    expect((await session(gateway, id, BOB)).data.session).toBeNull();
    expect((await gateway.ask('query($id: ID!) { node(id: $id) { id } }', { id }, BOB)).data.node).toBeNull();
    expect((await gateway.ask(CLOSE, { input: { id } }, BOB)).data.closeSession).toEqual({
      __typename: 'NotFoundError',
      id,
    });
  });
});

describe('using a session', () => {
  it('moves its expiry, and an unused one is gone and swept', async () => {
    let now = noon;
    await using gateway = await startGateway({ now: () => now });
    const id = await gateway.openSession();

    now = later(59);
    expect((await session(gateway, id)).data.session.expiresAt).toBe(later(119).toISOString());
    now = later(118);
    expect((await session(gateway, id)).data.session).not.toBeNull();
    now = later(200);
    expect((await session(gateway, id)).data.session).toBeNull();

    await gateway.gateway.services.housekeeping.turn();
    const { rows } = { rows: await gateway.gateway.store.db.selectFrom('sessions').selectAll().execute() };
    expect(rows).toEqual([]);
  });

  it('changes what is given and leaves the rest', async () => {
    await using gateway = await startGateway();
    const id = await gateway.openSession({ chatModel: 'm', selectedVoice: 'v' });
    const { data } = await gateway.ask(
      `mutation($input: UpdateSessionInput!) {
        updateSession(input: $input) { ... on Session { chatModel selectedVoice preferences } }
      }`,
      { input: { id, selectedVoice: null, preferences: { a: 1 } } },
    );
    expect(data.updateSession).toEqual({ chatModel: 'm', selectedVoice: null, preferences: { a: 1 } });
  });
});

describe('clearing a session', () => {
  const CLEAR = `mutation($input: ClearSessionInput!) {
    clearSession(input: $input) {
      ... on Session { preferences chat: history { content } watch: history(kind: WATCH) { content } }
    }
  }`;

  it('forgets the named conversations only, or everything and the preferences too', async () => {
    await using gateway = await startGateway();
    const id = await gateway.openSession({ preferences: { a: 1 } });
    for (const conversation of ['CHAT', 'WATCH'])
      for (const content of ['one', 'two'])
        await gateway.gateway.store.db
          .insertInto('messages')
          .values({ session_id: id, conversation, role: 'USER', content, at: new Date(), served_by: null })
          .execute();

    const some = await gateway.ask(CLEAR, { input: { id, history: ['CHAT'] } });
    expect(some.data.clearSession).toEqual({
      preferences: { a: 1 },
      chat: [],
      watch: [{ content: 'one' }, { content: 'two' }],
    });
    const all = await gateway.ask(CLEAR, { input: { id } });
    expect(all.data.clearSession).toEqual({ preferences: {}, chat: [], watch: [] });
  });
});

describe('closing a session', () => {
  it('cancels what runs and deletes all that it owned', async () => {
    await using gateway = await startGateway();
    const id = await gateway.openSession();
    await gateway.upload(id, new File(['a\n1\n'], 'a.csv'));
    const running = await gateway.analyse(id, 'describe the data');
    await gateway.analyse(id, 'again', { onBusy: 'ENQUEUE' });

    const { data } = await gateway.ask(CLOSE, { input: { id, waitSeconds: 20 } });
    expect(data.closeSession).toMatchObject({ __typename: 'ClosedSession', id });

    const { db } = gateway.gateway.store;
    for (const table of ['sessions', 'datasets', 'jobs', 'job_events', 'lanes'] as const)
      expect(await db.selectFrom(table).selectAll().execute()).toEqual([]);
    expect(
      (await gateway.ask('query($id: ID!) { job(id: $id) { id } }', { id: running })).data.job,
    ).toBeNull();
    await gateway.gateway.services.housekeeping.turn();
    expect(await db.selectFrom('discarded_files').selectAll().execute()).toEqual([]);
  });
});

describe('closing a session whose job does not stop', () => {
  it('says so and keeps everything', async () => {
    const talker = new Talker(1);
    await using gateway = await startGateway({ analysts: [talker] });
    const id = await gateway.openSession();
    await gateway.analyse(id, 'talk', { model: 'talker' });
    await talker.asked;

    const { data } = await gateway.ask(CLOSE, { input: { id, waitSeconds: 0.1 } });
    expect(data.closeSession).toMatchObject({ __typename: 'InvalidStateError', status: 'CANCELLING' });
    expect((await session(gateway, id)).data.session.id).toBe(id);

    talker.begin();
    const again = await gateway.ask(CLOSE, { input: { id, waitSeconds: 20 } });
    expect(again.data.closeSession).toMatchObject({ __typename: 'ClosedSession', id });
  });
});

describe('exporting a session', () => {
  it('gives everything kept of it as one document', async () => {
    await using gateway = await startGateway();
    const id = await gateway.openSession({ preferences: { a: 1 } });
    const { data } = await gateway.upload(id, new File(['a\n1\n2\n'], 'numbers.csv'));
    const job = await gateway.analyse(id, 'average a', { datasetId: data.uploadDataset.id });
    for await (const _ of gateway.follow(`subscription { jobProgress(jobId: "${job}") { seq } }`)) {
      // Only the end matters.
    }
    const exported = await gateway.ask('query($id: ID!) { session(id: $id) { export } }', { id });
    expect(exported.data.session.export).toMatchObject({
      id,
      preferences: { a: 1 },
      history: { CHAT: [], SCENARIO: [], WATCH: [] },
      datasets: [{ name: 'numbers.csv', rowCount: 2 }],
      jobs: [
        { id: job, status: 'COMPLETED', input: { message: 'average a' }, output: { plan: {}, report: {} } },
      ],
    });
  });
});
