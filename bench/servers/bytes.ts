/** The floor of HTTP: reads a request to its end and answers the bytes that were PUT last. */
import { createServer, type IncomingMessage } from 'node:http';
import { announce } from './answering.ts';

let answer: Buffer = Buffer.alloc(0);

const server = createServer(async (request, response) => {
  const body = await read(request);
  if (request.method === 'PUT') answer = body;
  response.setHeader('content-type', 'application/json');
  response.end(request.method === 'POST' ? answer : '');
});
announce(server);

function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => request.on('end', () => resolve(Buffer.concat(chunks))));
}
