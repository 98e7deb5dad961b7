import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Command } from '../cli/command.ts';

type Role = 'gateway' | 'worker';

/** A process as a service manager sees it: stopped by SIGTERM, and started again at the same address. */
export class Served implements AsyncDisposable {
  readonly role: Role;
  readonly #environment: Record<string, string>;
  #command: Command | undefined;
  /** What all of its lives have logged. */
  #logged = '';

  constructor(role: Role, environment: Record<string, string>) {
    this.role = role;
    this.#environment = { ...environment, ROLE: role, LOG_LEVEL: 'info' };
  }

  /** Of a gateway. */
  get url(): string {
    return `http://127.0.0.1:${this.#environment.PORT}/graphql`;
  }

  /** Resolves when it answers, or works. */
  async start(): Promise<void> {
    this.#command = new Command(['serve'], this.#environment);
    await this.#command.says(/Signalbox (answers|works)/);
  }

  /** @returns Its exit code, and how long it took. */
  async terminate(): Promise<{ code: number | null; ms: number }> {
    const command = this.#command!;
    const began = performance.now();
    command.child.kill('SIGTERM');
    const code = await command.code;
    this.#logged += command.stdout;
    return { code, ms: performance.now() - began };
  }

  get log(): { level: number; msg: string; jobId?: string }[] {
    return this.#logged
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#command?.[Symbol.asyncDispose]();
  }
}

export async function freePort(): Promise<string> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  return String((address as { port: number }).port);
}

interface Seen {
  seq: number;
  __typename: string;
  status?: string;
  offset?: number;
  text?: string;
}

/** All that one subscriber was sent of one job. */
export interface Followed {
  jobId: string;
  seen: Seen[];
  over: Promise<void>;
}

const FOLLOW = `subscription($jobId: ID!, $after: Int!) {
  jobProgress(jobId: $jobId, after: $after) {
    __typename seq
    ... on JobStatusChanged { status }
    ... on JobTextAppended { offset text }
  }
}`;

/** A client with one WebSocket, which it finds anew at the other gateway when it is sent away. */
export class Subscriber {
  /** Codes with which its connections were closed, in their order. */
  readonly closed: number[] = [];
  readonly #client: Client;
  #connections = 0;

  /** @param first Of the addresses, the one that it begins with. */
  constructor(urls: readonly string[], first: number) {
    this.#client = createClient({
      url: () => urls[(first + this.#connections++) % urls.length]!.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 1_000,
      retryWait: () => delay(20),
      on: { closed: (event) => void this.closed.push((event as { code: number }).code) },
    });
  }

  /** Follows a job to its end. The cursor goes along in the variables, whichever connection they are sent on. */
  follow(jobId: string): Followed {
    const variables = { jobId, after: 0 };
    const seen: Seen[] = [];
    const over = new Promise<void>((complete, fail) => {
      this.#client.subscribe<{ jobProgress: Seen }>(
        { query: FOLLOW, variables },
        {
          next: ({ data, errors }) => {
            if (!data) return fail(new Error(JSON.stringify(errors)));
            seen.push(data.jobProgress);
            variables.after = data.jobProgress.seq;
          },
          error: (error) => fail(error instanceof Error ? error : new Error(JSON.stringify(error))),
          complete,
        },
      );
    });
    over.catch(() => {});
    return { jobId, seen, over };
  }

  async dispose(): Promise<void> {
    await this.#client.dispose();
  }
}

/** Asks one gateway after the other until one answers, as a client with a balancer in front of it would. */
export class Asker {
  readonly #urls: readonly string[];
  #next = 0;
  /** Requests that a gateway did not answer. */
  unanswered = 0;

  constructor(urls: readonly string[]) {
    this.#urls = urls;
  }

  // biome-ignore lint/suspicious/noExplicitAny: the shape is what the query asks for
  async ask(query: string, variables: object): Promise<any> {
    for (;;) {
      try {
        const response = await fetch(this.#urls[this.#next++ % this.#urls.length]!, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables }),
        });
        const { data, errors } = (await response.json()) as { data: unknown; errors?: object[] };
        if (errors) throw new Error(JSON.stringify(errors));
        return data;
      } catch (error) {
        // What fetch throws where nobody listens, or where the connection was closed before the answer came.
        if (!(error instanceof TypeError)) throw error;
        this.unanswered += 1;
        await delay(20);
      }
    }
  }
}
