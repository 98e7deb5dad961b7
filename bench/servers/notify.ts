/**
 * The floor of a start: a POST is one statement, an INSERT with its NOTIFY, answered with the row's id; whoever sends
 * that id over the WebSocket gets the row's text back once the notification was heard.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { sql } from 'kysely';
import { pino } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { openStore } from '../../src/store/index.ts';
import { announce } from './answering.ts';

const store = await openStore({
  databaseUrl: process.env.DATABASE_URL,
  dataDir: process.env.DATA_DIR ?? '',
  log: pino({ level: 'silent' }),
});
await sql`create table if not exists bench_starts (id text primary key, body text not null)`.execute(
  store.db,
);

const heard = new Set<string>();
const waiting = new Map<string, WebSocket>();
const settle = (id: string) => {
  const socket = waiting.get(id);
  if (!socket || !heard.delete(id)) return;
  waiting.delete(id);
  socket.send(id);
};
await store.listen(
  'bench_starts',
  (id) => {
    heard.add(id);
    settle(id);
  },
  () => {},
);

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const id = randomUUID();
  await sql`
    with row as (insert into bench_starts (id, body) values (${id}, ${body}) returning id)
    select pg_notify('bench_starts', id) from row
  `.execute(store.db);
  response.end(id);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) =>
  socket.on('message', (data) => {
    waiting.set(String(data), socket);
    settle(String(data));
  }),
);
process.on('SIGTERM', () => void store.close().then(() => process.exit(0)));
announce(server);
