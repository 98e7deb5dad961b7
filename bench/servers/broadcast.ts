/** The floor of delivery: sends each socket the same bytes, as often as it is told. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { announce, takeOrders } from './answering.ts';

const server = createServer();
const { clients } = new WebSocketServer({ server, perMessageDeflate: false });

takeOrders({
  broadcast({ message, count }: { message: string; count: number }) {
    for (let i = 0; i < count; i++) for (const socket of clients) socket.send(message);
    return {};
  },
});
announce(server);
