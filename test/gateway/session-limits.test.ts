import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';

const CREATE = `mutation($input: CreateSessionInput!) {
  createSession(input: $input) {
    __typename
    ... on Session { id preferences }
    ... on InvalidInputError { issues { path message } }
  }
}`;

/** Objects in each other. */
const deep = (levels: number): object =>
  Array.from({ length: levels - 1 }).reduce<object>((inner) => ({ a: inner }), {});

describe('preferences', () => {
  it.each([101, 5_000])('that are %i levels deep are refused, by name', async (levels) => {
    await using gateway = await startGateway();
    const { data, errors } = await gateway.ask(CREATE, { input: { preferences: deep(levels) } });
    expect(errors).toBeUndefined();
    expect(data.createSession).toMatchObject({
      __typename: 'InvalidInputError',
      issues: [{ path: 'input.preferences', message: 'must be at most 100 lists and objects deep' }],
    });
  });

  it('may be 100 levels deep', async () => {
    await using gateway = await startGateway();
    const { data } = await gateway.ask(CREATE, { input: { preferences: deep(100) } });
    expect(data.createSession.preferences).toEqual(deep(100));
  });
});

describe('an export', () => {
  it('has the whole conversation, and says where only the newest is in it', async () => {
    await using gateway = await startGateway();
    const id = await gateway.openSession();
    const { db } = gateway.gateway.store;
    const say = (kind: string, count: number, text: string) =>
      sql`
        insert into messages (session_id, conversation, role, content, at)
        select ${id}, ${kind}, 'USER', n || ${text}, now() from generate_series(1, ${count}::int) as n
      `.execute(db);
    await say('CHAT', 2_500, '');
    await say('WATCH', 1_100, 'x'.repeat(16_000));
    await sql`
      insert into jobs (id, owner, kind, session_id, status, input, finished_at)
      select 'job_' || n, owner, 'CHAT', ${id}, 'CANCELLED', '{"message": ""}', now()
      from generate_series(1, 1001) as n, (select owner from sessions where id = ${id}) as session
    `.execute(db);

    const { data } = await gateway.ask('query($id: ID!) { session(id: $id) { export } }', { id });
    const { history, jobs, truncated } = data.session.export;
    const numbers = history.CHAT.map(({ content }: { content: string }) => Number(content));
    expect(numbers).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
    expect(history.WATCH.length).toBeGreaterThan(1_000);
    expect(history.WATCH.length).toBeLessThan(1_100);
    expect(history.WATCH.at(-1).content).toMatch(/^1100x/);
    expect(jobs).toHaveLength(1_000);
    expect(truncated).toEqual(['WATCH', 'jobs']);
  });
});
