import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connect, type Signalbox } from '../../sdk/index.ts';
import { CommandError, EXIT, tell } from './exit.ts';
import { gatewayCode } from './gateway-code.ts';

export const DEFAULT_URL = 'http://127.0.0.1:4000/graphql';

/** A gateway to ask, for as long as a command needs it. */
export interface Target extends AsyncDisposable {
  signalbox: Signalbox;
}

export interface ServerOptions {
  server: string;
  token?: string;
}

/** @throws {CommandError} The URL is none. */
export function running({ server, token }: ServerOptions): Target {
  if (!/^https?:\/\//.test(server) || !URL.canParse(server))
    throw new CommandError(`--server must be a URL like ${DEFAULT_URL}, not ${server}.`, EXIT.usage);
  const onLost = ({ delayMs }: { delayMs: number }) =>
    tell(`The connection was lost; trying again in ${(delayMs / 1_000).toFixed(1)} s…`);
  return {
    signalbox: connect(server, { token, retry: { onLost } }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/**
 * A gateway in this process over DATA_DIR, so that what it did can be looked up later. Where a running gateway has that
 * open, over a folder that is deleted afterwards.
 */
export async function embedded(): Promise<Target> {
  try {
    return await start(process.env.DATA_DIR);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'DataDirectoryInUseError') throw error;
    tell(
      `${error.message}\nThis runs beside it and leaves nothing behind; --server would ask the running gateway.`,
    );
    return temporary();
  }
}

/** A gateway in this process, over a folder that is deleted afterwards. */
export async function temporary(): Promise<Target> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const target = await start(folder);
    return {
      signalbox: target.signalbox,
      async [Symbol.asyncDispose]() {
        await target[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Listens on a free port of this machine, and only to us: the token is known to nobody else. */
async function start(dataDir: string | undefined): Promise<Target> {
  const { createGateway, readConfig } = await gatewayCode();
  const token = randomBytes(24).toString('hex');
  const config = readConfig({
    ...process.env,
    ...{ HOST: '127.0.0.1', PORT: '0', ROLE: 'all', DATABASE_URL: undefined, DATABASE_BACKEND: undefined },
    DATA_DIR: dataDir,
    // The owner of whatever a gateway without tokens does.
    AUTH_TOKENS: `local=${token}`,
  });
  const level = process.env.LOG_LEVEL || 'error';
  const gateway = await createGateway(config, { log: pino({ level }, pino.destination(2)) });
  return {
    signalbox: connect(gateway.url ?? '', { token }),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}
