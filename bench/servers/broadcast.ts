/** The floor of delivery: sends each socket the same bytes, as often as it is told. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { announce, copied, type Publication, publishing, takeOrders } from './answering.ts';

const server = createServer();
const { clients } = new WebSocketServer({ server, perMessageDeflate: false });

takeOrders({
  publish: ({ message, ...publication }: Publication & { message: string }) =>
    publishing(1, publication, () => {
      const own = copied(message);
      for (const socket of clients) socket.send(own);
    }),
});
announce(server);
