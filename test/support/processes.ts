import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A child process of a test, and the facts it printed, one per line. */
export class TestProcess implements AsyncDisposable {
  readonly facts: string[] = [];
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: string | null; errors: string }>;
  #heard = Promise.withResolvers<void>();

  constructor(file: string, orders: unknown) {
    const path = new URL(file, import.meta.url).pathname;
    this.child = spawn(process.execPath, [path, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    this.child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.facts.push(line);
      this.#wake();
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      this.#wake();
      return { code: code as number | null, signal: signal as string | null, errors };
    });
  }

  /** The first fact that begins so; waits for it. */
  async fact(beginning: string): Promise<string> {
    for (;;) {
      const found = this.facts.find((fact) => fact.startsWith(beginning));
      if (found) return found.slice(beginning.length).trim();
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`The process ended before it said "${beginning}": ${(await this.ended).errors}`);
      await this.#heard.promise;
    }
  }

  async atLeast(facts: number): Promise<void> {
    while (this.facts.length < facts && this.child.exitCode === null) await this.#heard.promise;
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #wake(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}
