import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { UnleashSettings } from '../../../src/migration/flags/index.ts';

const FOLDER = fileURLToPath(new URL('../../unleash/', import.meta.url));
const MAIN = join(FOLDER, 'node_modules', 'unleash-server', 'dist', 'server.js');
const ADMIN_TOKEN = '*:*.signalbox-test-admin';
const BACKEND_TOKEN = 'default:development.signalbox-test-backend';
const READY_MS = 60_000;

/** Installed apart from our own packages: `npm --prefix test/unleash ci`. With CI=true it has to be there. */
export function hasUnleashServer(): boolean {
  const installed = existsSync(MAIN);
  if (!installed && process.env.CI === 'true')
    throw new Error('CI needs the flag server. Run: npm --prefix test/unleash ci');
  return installed;
}

/** A real flag server, in a process of its own. */
export class UnleashServer {
  readonly #databaseUrl: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(databaseUrl: string, port: number) {
    this.#databaseUrl = databaseUrl;
    this.#port = port;
  }

  static async start(databaseUrl: string): Promise<UnleashServer> {
    const server = new UnleashServer(databaseUrl, await freePort());
    await server.start();
    return server;
  }

  /** What a gateway has to know of it. */
  get settings(): UnleashSettings {
    return {
      url: `http://127.0.0.1:${this.#port}`,
      apiToken: BACKEND_TOKEN,
      adminToken: ADMIN_TOKEN,
      environment: 'development',
      project: 'default',
      refreshMs: 500,
    };
  }

  /** Again on the same port and database, after it was stopped. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        TZ: 'UTC',
        DATABASE_URL: this.#databaseUrl,
        DATABASE_SSL: 'false',
        HTTP_HOST: '127.0.0.1',
        PORT: String(this.#port),
        INIT_ADMIN_API_TOKENS: ADMIN_TOKEN,
        INIT_BACKEND_API_TOKENS: BACKEND_TOKEN,
        CHECK_VERSION: 'false',
        SEND_TELEMETRY: 'false',
        LOG_LEVEL: 'error',
      },
      stdio: 'ignore',
    });
    this.#process = child;
    const giveUp = performance.now() + READY_MS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`the flag server ended with ${child.exitCode}`);
      if (performance.now() > giveUp) throw new Error('the flag server does not answer');
      await new Promise((next) => setTimeout(next, 100));
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  /** Asks the Admin API, as an operator's browser would. */
  async ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.settings.url}/api/admin${path}`, {
      method,
      headers: { authorization: ADMIN_TOKEN, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.settings.url}/health`)).ok;
    } catch {
      return false;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (!address || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
