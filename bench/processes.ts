/** The measured, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { residentBytes } from '../src/services/sandbox/memory.ts';
import { say, within } from './harness.ts';
import { hold, letGo } from './held.ts';

/** Longer than any single errand of a measurement. */
const PATIENCE_SECONDS = 120;

/** Of what a process said before it ended. */
const STORY_LINES = 20;

/** Linux's, on every machine that one is likely to meet. */
const TICKS_PER_SECOND = 100;

/** For what is let go in later turns of the loop. */
const SETTLE_MS = 1_000;

/** MiB. */
export interface Memory {
  heap: number;
  resident: number;
}

/** What a server of the bench's own is told to do (servers/answering.ts). */
export type Order = { do: string } & Record<string, unknown>;

export interface Orders {
  environment?: Record<string, string>;
  args?: string[];
}

/** It ended before anybody asked for that. */
export class ServerEnded extends Error {}

/** A server that says on stderr where it answers: a line that ends with its URL. */
export class ServerProcess implements AsyncDisposable {
  url = '';
  readonly #child: ChildProcess;
  /** Rejects when it has ended. */
  readonly #ended: Promise<never>;

  private constructor(child: ChildProcess, ended: Promise<never>) {
    this.#child = child;
    this.#ended = ended;
  }

  /** Resolves when it answers. What it prints on stdout is dropped. */
  static async start(file: URL, { environment = {}, args = [] }: Orders = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, ['--expose-gc', file.pathname, ...args], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    const { promise: ended, reject } = Promise.withResolvers<never>();
    ended.catch(() => {});
    const heard: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => {
      heard.push(line);
      const url = /\bat (http:\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
    child.once('exit', (code, signal) => {
      const story = `${file.pathname} ended (${code ?? signal}):\n${heard.slice(-STORY_LINES).join('\n')}`;
      reject(new ServerEnded(story));
      if (!child.killed) say(story);
    });
    const server = hold(new ServerProcess(child, ended));
    try {
      server.url = await within(PATIENCE_SECONDS, file.pathname, Promise.race([promise, ended]));
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get webSocketUrl(): string {
    return this.url.replace('http:', 'ws:');
  }

  /**
   * Sends an order and gives the answer; one at a time.
   *
   * @throws {ServerEnded} Nobody is there to answer any more.
   */
  async ask<Answer>(order: Order): Promise<Answer> {
    const answered = once(this.#child, 'message');
    answered.catch(() => {});
    // Whether it arrived is seen by its answer, or by the end of the process.
    this.#child.send(order, () => {});
    const [answer] = await within(PATIENCE_SECONDS, order.do, Promise.race([answered, this.#ended]));
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  /** Resident memory, MiB. */
  async memory(): Promise<number> {
    const bytes = await residentBytes(this.#child.pid ?? 0);
    if (bytes === undefined) throw new Error('Memory is read from /proc, which is not here.');
    return bytes / 2 ** 20;
  }

  /** MiB in use, buffers included, once what can be collected is. It takes orders, as the bench's own servers do. */
  async heap(): Promise<number> {
    return (await this.ask<{ bytes: number }>({ do: 'heap' })).bytes / 2 ** 20;
  }

  /** Once all is let go that takes a moment to be. */
  async settledMemory(): Promise<Memory> {
    await this.heap();
    await delay(SETTLE_MS);
    return { heap: await this.heap(), resident: await this.memory() };
  }

  /** Microseconds of processor that it used so far, all threads. */
  async processor(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) * (1e6 / TICKS_PER_SECOND);
  }

  /** Ends it in good order; what does not end is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    letGo(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(kill);
  }
}

/** A gateway as `npm start` runs it, on any free port. */
export const startGateway = (environment: Record<string, string>): Promise<ServerProcess> =>
  ServerProcess.start(new URL('../src/main.ts', import.meta.url), {
    args: ['serve'],
    environment: { PORT: '0', LOG_LEVEL: 'warn', ...environment },
  });
