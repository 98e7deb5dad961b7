import {
  JobChangesDocument,
  type JobChangesSubscription,
  type JobFilter,
  JobProgressDocument,
  type JobProgressSubscription,
} from './generated/graphql.ts';
import { leavable } from './resuming.ts';
import type { Subscriptions } from './subscriptions.ts';

export type JobEvent = JobProgressSubscription['jobProgress'];
export type ChangedJob = JobChangesSubscription['jobChanges'];

/** A stream's text as it grows. */
export interface Text {
  /** All of it so far. */
  text: string;
  /** What is new, and where it begins: before the end of what you have where the stream began again. */
  piece: string;
  offset: number;
}

export interface Leaving {
  /** Ends the iteration, which throws the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** What happens to jobs over time: each an iteration that survives lost connections, and frees the gateway when it ends. */
export class Following {
  readonly #subscriptions: Subscriptions;

  constructor(subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  /** Each event of a job once and in order, until JobFinished. */
  events(
    jobId: string,
    after: number,
    outer: AbortSignal | undefined,
  ): AsyncIterableIterator<JobEvent, void> {
    return leavable((signal) => this.#events(jobId, after, signal), outer);
  }

  text(jobId: string, stream: string, outer: AbortSignal | undefined): AsyncIterableIterator<Text, void> {
    return leavable((signal) => this.#text(jobId, stream, signal), outer);
  }

  changes(filter: JobFilter, outer: AbortSignal | undefined): AsyncIterableIterator<ChangedJob, void> {
    return leavable((signal) => this.#changes(filter, signal), outer);
  }

  async *#events(jobId: string, after: number, signal: AbortSignal): AsyncGenerator<JobEvent, void> {
    let last = after;
    const results = this.#subscriptions.resuming(JobProgressDocument, () => ({ jobId, after: last }), signal);
    for await (const { jobProgress: event } of results) {
      if (event.seq <= last) continue;
      last = event.seq;
      yield event;
      if (event.__typename === 'JobFinished') return;
    }
  }

  async *#text(jobId: string, stream: string, signal: AbortSignal): AsyncGenerator<Text, void> {
    let text = '';
    for await (const event of this.#events(jobId, 0, signal)) {
      if (event.__typename !== 'JobTextAppended' || event.stream !== stream) continue;
      text = text.slice(0, event.offset) + event.text;
      yield { text, piece: event.text, offset: event.offset };
    }
  }

  async *#changes(filter: JobFilter, signal: AbortSignal): AsyncGenerator<ChangedJob, void> {
    const results = this.#subscriptions.resuming(JobChangesDocument, () => ({ filter }), signal);
    for await (const { jobChanges: job } of results) yield job;
  }
}
