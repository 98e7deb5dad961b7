import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from '../cli/command.ts';
import { freePort } from './database.ts';
import type { Ledger } from './ledger.ts';

/** Between the end of a process that was not killed and its next start. */
const PAUSE_MS = 500;

interface Needs {
  environment: Record<string, string>;
  /** Where what the processes log is kept. */
  folder: string;
  ledger: Ledger;
}

/** One process of the real command, which is started again whenever it ends. */
export class Member {
  readonly name: string;
  readonly role: 'gateway' | 'worker';
  readonly url: string;
  kills = 0;
  /** Starts that ended before the process was ready, because the database was away. */
  vainStarts = 0;
  readonly #needs: Needs;
  #command: Command | undefined;
  #ready = Promise.withResolvers<void>();
  #isReady = false;
  #killed = false;
  #stopping = false;
  readonly #over: Promise<void>;

  constructor(role: 'gateway' | 'worker', number: number, port: number, needs: Needs) {
    this.role = role;
    this.name = `${role} ${number}`;
    this.url = `http://127.0.0.1:${port}/graphql`;
    this.#needs = { ...needs, environment: { ...needs.environment, ROLE: role, PORT: String(port) } };
    this.#over = this.#keep();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Resolves when it answers, or works. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** As the kernel does it when memory is short: the process, and only it, without a word. */
  kill(): void {
    this.kills += 1;
    if (this.role === 'worker') this.#needs.ledger.workersKilledAt.push(Date.now());
    this.#killed = true;
    this.#command?.child.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#command?.[Symbol.asyncDispose]();
    await this.#over;
  }

  async #keep(): Promise<void> {
    const { environment, ledger } = this.#needs;
    while (!this.#stopping) {
      this.#killed = false;
      const command = new Command(['serve'], environment);
      this.#command = command;
      command.says(/Signalbox (answers|works)/).then(
        () => this.#become(true),
        () => {},
      );
      const code = await command.code;
      const wasReady = this.#isReady;
      this.#become(false);
      this.#note(command, code);
      // Its children end by themselves; whatever does not is not to outlive the campaign.
      await command[Symbol.asyncDispose]();
      if (this.#stopping || this.#killed) continue;

      if (wasReady) ledger.violate(`${this.name} ended by itself`, undefined, tail(command));
      else this.vainStarts += 1;
      await delay(PAUSE_MS);
    }
  }

  #become(ready: boolean): void {
    if (ready) this.#ready.resolve();
    // Who waits already goes on waiting for the same.
    else if (this.#isReady) this.#ready = Promise.withResolvers();
    this.#isReady = ready;
  }

  #note({ stdout, stderr, child }: Command, code: number | null): void {
    const log = `${stdout}${stderr}-- process ${child.pid} ended: ${code ?? child.signalCode}\n`;
    appendFileSync(join(this.#needs.folder, `${this.name.replace(' ', '-')}.log`), log);
  }
}

/** The processes of a campaign, each kept alive. */
export class Fleet implements AsyncDisposable {
  readonly members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.members = members;
  }

  /** Resolves when all are ready, and leaves none behind where `signal` fires before. */
  static async start({
    gateways,
    workers,
    signal,
    ...needs
  }: Needs & { gateways: number; workers: number; signal: AbortSignal }): Promise<Fleet> {
    const members: Member[] = [];
    for (const [role, count] of Object.entries({ gateway: gateways, worker: workers }))
      for (let number = 1; number <= count; number += 1)
        members.push(new Member(role as Member['role'], number, await freePort(), needs));
    const fleet = new Fleet(members);
    try {
      await within(Promise.all(members.map(({ ready }) => ready)), signal);
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  get gateways(): readonly Member[] {
    return this.members.filter(({ role }) => role === 'gateway');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
  }
}

const TAIL = 4_000;
const tail = ({ stdout, stderr }: Command): string => `${stdout}\n${stderr}`.slice(-TAIL);

/** What a promise gives, or throws the signal's reason where that fires first. */
async function within<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
