import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { conversationsOf, textOf, texts } from '../services/conversations/client.ts';
import { answering, configured, heardOf } from '../services/conversations/services.ts';
import { startGateway } from '../support/gateway.ts';
import { startProvider } from '../support/provider.ts';

const MESSAGES = 10_000;

it('a conversation of 10,000 messages costs the model and the reader what they ask for', async () => {
  await using provider = await startProvider(answering());
  await using gateway = await startGateway({ environment: configured(provider) });
  const { db } = gateway.gateway.store;
  const { send, history } = conversationsOf(gateway.ask);
  const sessionId = await gateway.openSession();
  await sql`
    insert into messages (session_id, conversation, role, content, served_by, at, turn, interrupted)
    select ${sessionId}, 'CHAT', case when one % 2 = 1 then 'USER' else 'ASSISTANT' end,
      'message ' || one, null, now(), 'job_' || one, false
    from generate_series(1, ${MESSAGES}::int) as one order by one
  `.execute(db);
  await sql`analyze messages`.execute(db);

  /** Rows of messages that were read, by whatever way. */
  const rowsRead = async (): Promise<number> => {
    await sql`select pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_user_tables where relname = 'messages'
    `.execute(db);
    return rows[0]?.read ?? Number.NaN;
  };

  const atFirst = await rowsRead();
  expect(await send(sessionId, 'And now?')).toMatchObject({ status: 'COMPLETED' });
  const byTurn = (await rowsRead()) - atFirst;
  const heard = heardOf(provider.exchanges[0]!);
  expect(heard).toHaveLength(51);
  expect(heard[0]).toBe(`message ${MESSAGES - 49}`);
  expect(heard.slice(-2)).toEqual([`message ${MESSAGES}`, 'And now?']);
  // 50 for the model; the rest looks whether the turn is in its conversation already.
  expect(byTurn).toBeGreaterThanOrEqual(50);
  expect(byTurn).toBeLessThan(100);

  const beforeReading = await rowsRead();
  expect(texts(await history(sessionId, 'CHAT', 4))).toEqual([
    `message ${MESSAGES - 1}`,
    `message ${MESSAGES}`,
    'And now?',
    'You said: And now?',
  ]);
  expect((await rowsRead()) - beforeReading).toBe(4);

  expect(await history(sessionId, 'CHAT', 1_000)).toHaveLength(1_000);
  expect((await rowsRead()) - beforeReading).toBe(1_004);
  await expect(history(sessionId, 'CHAT', 1_001)).rejects.toThrow('last');
});

it('a reply that comes in 20,000 pieces is stored in a few, and is whole', async () => {
  const words = Array.from({ length: 20_000 }, (_, number) => `word${number}`).join(' ');
  await using provider = await startProvider(answering(() => words));
  await using gateway = await startGateway({ environment: configured(provider) });
  const { send, events, history } = conversationsOf(gateway.ask);
  const sessionId = await gateway.openSession();

  const { id, reply } = await send(sessionId, 'Tell me everything');
  expect(reply).toBe(words);
  expect((await history(sessionId))[1]?.content).toBe(words);
  const log = await events(id);
  expect(log.at(-1)?.type).toBe('JobFinished');
  expect(textOf(log)).toBe(words);
});
