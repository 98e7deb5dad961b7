import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Connection } from '../../src/server/connection.ts';
import { silent } from '../support/stores.ts';

/** More than the machine keeps on the way between two sockets, in bytes. */
export const MUCH = 32 * 1024 ** 2;

export interface Peer {
  client: WebSocket;
  /** Our end of it, and what is below. */
  socket: WebSocket;
  request: IncomingMessage;
  connection: Connection;
}

export interface Meeting extends AsyncDisposable {
  /** A client that is open, and our end. */
  peer(): Promise<Peer>;
}

/** Where connections are made without the server around them. */
export async function meet(): Promise<Meeting> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    async peer() {
      const accepted = once(server, 'connection') as Promise<[WebSocket, IncomingMessage]>;
      const client = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
      const opened = once(client, 'open');
      const [socket, request] = await accepted;
      // A client cannot be paused before.
      await opened;
      return { client, socket, request, connection: new Connection(socket, request, silent) };
    },
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
    },
  };
}
