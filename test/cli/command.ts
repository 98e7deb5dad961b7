import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
export const penguins = fileURLToPath(new URL('../../examples/data/penguins.csv', import.meta.url));

/** The real command in a process, and process group, of its own: what a shell would start. */
export class Command implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Its exit code; null where a signal killed it. */
  readonly code: Promise<number | null>;
  stdout = '';
  stderr = '';
  #heard = Promise.withResolvers<void>();

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const { PATH, HOME, TMPDIR } = process.env;
    this.child = spawn(process.execPath, [main, ...args], {
      env: { PATH, HOME, TMPDIR, NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const name of ['stdout', 'stderr'] as const)
      this.child[name]?.on('data', (chunk: Buffer) => {
        this[name] += chunk;
        this.#wake();
      });
    this.code = once(this.child, 'close').then(([code]) => {
      this.#wake();
      return code as number | null;
    });
  }

  /** Waits for it to say something on stderr. @returns The first match, or its first group. */
  async says(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.stderr);
      if (found) return found[1] ?? found[0];
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`It ended before it said ${pattern}: ${this.stderr}`);
      await this.#heard.promise;
    }
  }

  /** As Ctrl-C in a terminal does: to all processes of the group. */
  interrupt(): void {
    process.kill(-this.child.pid!, 'SIGINT');
  }

  /** Whether any process of the group is alive. */
  get leftovers(): boolean {
    try {
      process.kill(-this.child.pid!, 0);
      return true;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.leftovers) process.kill(-this.child.pid!, 'SIGKILL');
    await this.code;
  }

  #wake(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}

/** Runs it to its end. */
export async function run(args: readonly string[], environment: Record<string, string> = {}) {
  await using command = new Command(args, environment);
  const code = await command.code;
  return { code, stdout: command.stdout, stderr: command.stderr };
}
