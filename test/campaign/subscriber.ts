import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from 'graphql-ws';
import type { Ledger } from './ledger.ts';
import type { Random } from './random.ts';

const FOLLOW = `subscription($jobId: ID!, $after: Int!) {
  jobProgress(jobId: $jobId, after: $after) { __typename seq
    ... on JobStatusChanged { status }
    ... on JobProgressed { progress { message } }
    ... on JobStepCompleted { step }
    ... on JobTextAppended { stream offset text }
    ... on ReplyServed { servedBy }
    ... on ThreadStatusChanged { thread threadStatus: status } }
}`;

/** Close codes that do not ask the client to come back. */
const REFUSALS = [1009, 4400, 4401, 4403, 4429];
/** An idle socket stays open for the next subscription. */
const LAZY_CLOSE_MS = 10_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** An event as a client sees it: what the log must say, too. */
export interface Told {
  __typename: string;
  seq: number;
  status?: string;
  progress?: { message: string };
  step?: string;
  stream?: string;
  offset?: number;
  text?: string;
  servedBy?: string;
  thread?: string;
  threadStatus?: string;
}

/** What an event says, in one line. */
export const lineOf = (event: Told): string =>
  [
    event.__typename,
    event.status,
    event.progress?.message,
    event.step,
    event.thread,
    event.threadStatus,
    event.servedBy,
    event.stream,
    event.offset,
    event.text,
  ]
    .filter((part) => part !== undefined)
    .join(' ');

interface Needs {
  urls: readonly string[];
  ledger: Ledger;
  random: Random;
  signal: AbortSignal;
}

/** How one subscription ended. */
type Ending = 'over' | 'interrupted' | 'refused';

/** A client with a WebSocket of its own, which it opens again at another gateway when its own is gone. */
export class Subscriber implements Disposable {
  readonly #needs: Needs;
  readonly #client: Client;
  #gateway: number;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#gateway = needs.random.below(needs.urls.length);
    this.#client = createClient({
      url: () => this.#url,
      retryAttempts: 0,
      lazyCloseTimeout: LAZY_CLOSE_MS,
      onNonLazyError: () => {},
    });
  }

  /** The gateway that it talks to; requests go there first, too. */
  get gateway(): number {
    return this.#gateway;
  }

  get #url(): string {
    return this.#needs.urls[this.#gateway]!.replace(/^http/, 'ws');
  }

  /** Follows a job to its end, from behind `after`; each event has to be the next one. */
  async follow(jobId: string, after: number): Promise<void> {
    const { ledger, random, signal, urls } = this.#needs;
    ledger.counts.follows += 1;
    const cursor = { last: after, over: false };
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const { last } = cursor;
      const ending = await this.#subscribe(jobId, cursor);
      if (ending !== 'interrupted') return;
      signal.throwIfAborted();
      ledger.counts.resumptions += 1;
      this.#gateway = (this.#gateway + 1) % urls.length;
      pause = cursor.last > last ? FIRST_PAUSE_MS : Math.min(2 * pause, LONGEST_PAUSE_MS);
      await delay(random.below(pause), undefined, { signal });
    }
  }

  [Symbol.dispose](): void {
    void this.#client.dispose();
  }

  #subscribe(jobId: string, cursor: { last: number; over: boolean }): Promise<Ending> {
    const { ledger, signal } = this.#needs;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const unsubscribe = this.#client.subscribe<{ jobProgress: Told }>(
      { query: FOLLOW, variables: { jobId, after: cursor.last } },
      {
        next: ({ data, errors }) => {
          if (data?.jobProgress) this.#hear(jobId, data.jobProgress, cursor);
          else if (errors) resolve(this.#judge(jobId, errors));
        },
        error: (error) => resolve(cursor.over ? 'over' : this.#judge(jobId, error)),
        complete: () => {
          if (!cursor.over && !signal.aborted)
            ledger.violate('a subscription was completed before its job ended', jobId, cursor);
          resolve(cursor.over ? 'over' : 'interrupted');
        },
      },
    );
    const leave = () => {
      resolve('interrupted');
      unsubscribe();
    };
    signal.addEventListener('abort', leave, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  #hear(jobId: string, event: Told, cursor: { last: number; over: boolean }): void {
    const { ledger } = this.#needs;
    const line = lineOf(event);
    if (cursor.over) ledger.violate('an event came behind the end', jobId, { cursor, event });
    if (event.seq !== cursor.last + 1)
      ledger.violate('a subscriber’s sequence is not whole', jobId, { cursor, event });
    cursor.last = event.seq;
    cursor.over ||= event.__typename === 'JobFinished';
    ledger.told(jobId, event.seq, line, cursor.over);
  }

  /** Whether what ended a subscription says that another gateway, or a later moment, would do better. */
  #judge(jobId: string, error: unknown): Ending {
    const refused = Array.isArray(error)
      ? error.some(({ extensions }) => extensions?.code !== 'INTERNAL_SERVER_ERROR')
      : REFUSALS.includes((error as { code?: number } | null)?.code ?? 0);
    if (!refused) return 'interrupted';
    this.#needs.ledger.violate('a subscription was refused', jobId, error);
    return 'refused';
  }
}
