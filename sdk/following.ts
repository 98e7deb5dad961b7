import { overEventStream } from './event-stream.ts';
import {
  JobChangesDocument,
  type JobChangesSubscription,
  type JobFilter,
  JobProgressDocument,
  type JobProgressSubscription,
  type TypedDocumentString,
} from './generated/graphql.ts';
import type { Http } from './http.ts';
import { leavable, type Retry, resuming } from './resuming.ts';
import type { WebSockets } from './websocket.ts';

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

interface Needs {
  http: Http;
  webSockets: WebSockets;
  transport: 'sse' | 'websocket';
  retry: Retry;
}

/** What happens over time: each an iteration that survives lost connections, and frees the gateway when it ends. */
export class Following {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
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
    const results = this.#resuming(JobProgressDocument, () => ({ jobId, after: last }), signal);
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
    for await (const { jobChanges: job } of this.#resuming(JobChangesDocument, () => ({ filter }), signal))
      yield job;
  }

  /** @throws {SignalboxError} */
  #resuming<R, V extends object>(
    document: TypedDocumentString<R, V>,
    variables: () => V,
    signal: AbortSignal,
  ): AsyncGenerator<R, void> {
    const { http, webSockets, transport, retry } = this.#needs;
    const query = document.toString();
    const connect = () =>
      transport === 'sse'
        ? overEventStream<R>(http, query, variables(), retry.silenceMs, signal)
        : webSockets.subscribe<R>(query, variables(), signal);
    return resuming(connect, retry, signal);
  }
}
