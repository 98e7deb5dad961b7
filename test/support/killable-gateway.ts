import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ask } from '../services/conversations/client.ts';
import type { Answer } from './gateway.ts';

const FILE = fileURLToPath(new URL('./gateway-process.ts', import.meta.url));

/** A gateway in a process of its own, to be killed in the middle of something. */
export class GatewayProcess implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Resolves when it answers. What it logs is dropped, and so is what its analyst is asked, without a DIARY. */
  static async start(environment: Record<string, string>): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [FILE], {
      env: { PORT: '0', LOG_LEVEL: 'silent', DIARY: '/dev/null', ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const line of createInterface({ input: child.stdout! }))
      if (line.startsWith('ready ')) return new GatewayProcess(child, line.slice('ready '.length));
    throw new Error('The gateway ended before it was ready.');
  }

  readonly ask: Ask = async (query, variables = {}) => {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };

  async openSession(): Promise<string> {
    const { data } = await this.ask('mutation { createSession { ... on Session { id } } }');
    return data.createSession.id;
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }
}
