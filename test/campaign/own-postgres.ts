import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type CampaignDatabase, freePort } from './database.ts';

const VERSIONS = '/usr/lib/postgresql';
const START_MS = 60_000;
/** As the manual has it: immediate, a crash whose recovery comes with the next start; and fast. */
const SIGNALS = { crash: 'SIGQUIT', shutdown: 'SIGINT' } as const;

/** Where the server's programs are: on the path, or where Debian puts them; null: not on this machine. */
export function findPostgres(): string | null {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a)).map((name) => join(VERSIONS, name, 'bin'));
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...newest];
  return (
    folders.find((folder) => ['initdb', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null
  );
}

/** The server refuses to run as root; then it runs as somebody else. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = ['postgres', 'nobody'].flatMap((name) => users.find((fields) => fields[0] === name) ?? []);
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

/** A Postgres of the campaign's own, with the durability that it comes with, in a folder that goes with it. */
export async function startOwnPostgres(programs: string): Promise<CampaignDatabase> {
  const as = owner();
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-postgres-'));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (as) for (const path of [folder, data]) chownSync(path, as.uid, as.gid);

  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const log = openSync(join(folder, 'log'), 'a');
  const options = { cwd: folder, ...as, stdio: ['ignore', log, log] as ['ignore', number, number] };
  execFileSync(
    join(programs, 'initdb'),
    ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--no-locale'],
    options,
  );

  let server: ChildProcess;
  const start = async () => {
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: folder,
      max_connections: 200,
    };
    const wanted = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    server = spawn(join(programs, 'postgres'), ['-D', data, ...wanted], options);
    await answering(url, () => server.exitCode === null && server.signalCode === null);
  };
  const stop = async (signal: NodeJS.Signals) => {
    const ended = once(server, 'exit');
    server.kill(signal);
    await ended;
  };
  const dispose = async () => {
    if (server.exitCode === null && server.signalCode === null) await stop(SIGNALS.crash);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    proofUrl: url,
    is: `a Postgres of its own (${programs}), which is crashed and shut down for real`,
    async restart(how, awayMs) {
      await stop(SIGNALS[how]);
      await delay(awayMs);
      await start();
      return how === 'crash' ? 'Postgres crashed' : 'Postgres shut down';
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function answering(url: string, alive: () => boolean): Promise<void> {
  const giveUp = performance.now() + START_MS;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return;
    } catch (error) {
      if (!alive() || performance.now() > giveUp) throw error;
    } finally {
      await client.end().catch(() => {});
    }
    await delay(50);
  }
}
