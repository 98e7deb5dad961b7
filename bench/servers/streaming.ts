/**
 * The floor of a reply: a POST is passed on to the provider and answered with an id; whoever sends that id over the
 * WebSocket gets the reply's pieces as they come, from the first. Nothing is stored, numbered, limited or remembered.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { announce, takeOrders } from './answering.ts';

const PROVIDER = `${process.env.OPENAI_BASE_URL}/responses`;

/** What came before anybody asked for it, and who asked. */
interface Reply {
  pieces: string[];
  reader: WebSocket | undefined;
}

const replies = new Map<string, Reply>();

async function pass(message: string, reply: Reply): Promise<void> {
  const { body } = await fetch(PROVIDER, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bench', stream: true, input: [{ role: 'user', content: message }] }),
  });
  let rest = '';
  for await (const text of body!.pipeThrough(new TextDecoderStream())) {
    const events = `${rest}${text}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const { type, delta } = JSON.parse(event.slice('data: '.length));
      if (type !== 'response.output_text.delta') continue;
      if (reply.reader) reply.reader.send(delta);
      else reply.pieces.push(delta);
    }
  }
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const id = randomUUID();
  const reply: Reply = { pieces: [], reader: undefined };
  replies.set(id, reply);
  void pass(JSON.parse(body).message, reply).then(() => replies.delete(id));
  response.end(id);
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) =>
  socket.on('message', (data) => {
    const reply = replies.get(String(data));
    if (!reply) return;
    reply.reader = socket;
    for (const piece of reply.pieces) socket.send(piece);
  }),
);
takeOrders({});
process.on('SIGTERM', () => process.exit(0));
announce(server);
