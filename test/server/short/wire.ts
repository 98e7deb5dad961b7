import { connect } from 'node:net';

/** A request as it goes over the wire. */
export interface Wire {
  path?: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
}

/** Yoga answers this path, the short way only the plain one. */
const LONG_WAY = '/graphql?';

const PATHS = { short: '/graphql', long: LONG_WAY };

/** Sends a request both ways, and gives the bytes that came back, without what differs by nature. */
export async function bothWays(port: number, wire: Wire): Promise<{ short: string; long: string }> {
  return { short: await oneWay(port, 'short', wire), long: await oneWay(port, 'long', wire) };
}

export const oneWay = async (port: number, way: 'short' | 'long', wire: Wire): Promise<string> =>
  masked(await send(port, { ...wire, path: PATHS[way] }));

/** JSON as curl would send it. */
export const posted = (body: unknown, headers: Record<string, string> = {}): Wire => ({
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

function send(port: number, { path = '/graphql', headers = {}, body }: Wire): Promise<string> {
  const lines = {
    host: 'localhost',
    connection: 'close',
    'content-type': 'application/json',
    'x-request-id': 'wire',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  };
  const head = Object.entries(lines)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`),
    );
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      // Streams ask to keep the connection; their last chunk is empty.
      if (chunk.toString('latin1').endsWith('0\r\n\r\n')) socket.end();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** The time, and the ids of faults. */
const masked = (answer: string): string =>
  answer.replace(/^date: .*\r\n/im, '').replace(/"id":"[\da-f-]{36}"/g, '"id":"…"');
