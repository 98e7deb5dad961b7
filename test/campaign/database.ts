import { createServer } from 'node:net';

/** The campaign's own database on a Postgres that can go away. */
export interface CampaignDatabase extends AsyncDisposable {
  /** As the gateway's processes reach it. */
  url: string;
  /** As those reach it who look at what is left in the end. */
  proofUrl: string;
  /** What its going away is, in words. */
  is: string;
  /**
   * Takes it away from the processes for a while.
   *
   * @returns How, in words, when it is back.
   */
  restart(how: 'crash' | 'shutdown', awayMs: number): Promise<string>;
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (!address || typeof address === 'string') throw new Error('no port');
  return address.port;
}
