import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Db } from '../store/index.ts';
import { AttemptStopped, lostStore } from './errors.ts';
import { appendAndTell, type Fence } from './log.ts';
import type { EventBody, JobEvent, Progress, Usage } from './types.ts';

/** Writes follow each other at this distance; what comes in between is written together. */
const BATCH_MS = 4;
/** Who adds more than this to one batch waits for it. */
const BATCH_EVENTS = 500;
const BATCH_CHARACTERS = 1_000_000;
/** Longest text of one event; longer pieces become several. */
const EVENT_CHARACTERS = 16_384;

interface Batch {
  events: EventBody[];
  characters: number;
  progress?: Progress | undefined;
  usage?: Usage | undefined;
  written: Promise<void>;
}

/** Tells followers in this process of a write; what it gives takes what was stored, or nothing. */
export type Writing = (jobId: string) => ((stored: readonly JobEvent[]) => void) | undefined;

/**
 * Writes one attempt's events, those of a few milliseconds in one transaction. It holds at most one batch being
 * written and one being filled; a producer that is faster than the database waits.
 */
export class LogWriter {
  readonly #db: Db;
  readonly #jobId: string;
  readonly #fence: Fence;
  readonly #onStopped: (reason: AttemptStopped) => void;
  readonly #announce: Writing;
  readonly #offsets = new Map<string, number>();
  #filling: Batch | undefined;
  /** Rejected for good once a batch was not stored: a log has no holes. */
  #writing: Promise<void> = Promise.resolve();
  /** Writes wait here for room in the batch, in the order in which they were asked for. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;
  /** `performance.now()` of the newest write. */
  #wroteAt = 0;

  /**
   * @param onStopped Hears, once or more, that the attempt can write no more.
   * @param writing Hears of each write before it begins; see `Hub.writing`.
   */
  constructor(
    db: Db,
    jobId: string,
    fence: Fence,
    onStopped: (reason: AttemptStopped) => void,
    writing: Writing,
  ) {
    this.#db = db;
    this.#jobId = jobId;
    this.#fence = fence;
    this.#onStopped = onStopped;
    this.#announce = writing;
  }

  /**
   * Adds events, and resolves when they are stored.
   *
   * @throws {AttemptStopped} The log belongs to somebody else by now ('superseded'), or the database is away
   * ('store lost').
   */
  write(events: EventBody[], row: { progress?: Progress; usage?: Usage } = {}): Promise<void> {
    return this.#inTurn(() => this.#add(events, row));
  }

  /** Adds text to a stream. The first piece of an attempt begins the stream again. */
  text(stream: string, text: string): Promise<void> {
    return this.#inTurn(async () => {
      let batch: Batch | undefined;
      for (let at = 0; at < text.length; ) {
        const piece = text.slice(at, endOfPiece(text, at));
        const offset = this.#offsets.get(stream) ?? 0;
        batch = await this.#add([{ type: 'JobTextAppended', stream, offset, text: piece }]);
        this.#offsets.set(stream, offset + piece.length);
        at += piece.length;
      }
      return batch;
    });
  }

  /** Voids what a stream says so far: its next piece has offset 0, and followers forget what came before. */
  restart(stream: string): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#offsets.get(stream)) return undefined;
      this.#offsets.set(stream, 0);
      return this.#add([{ type: 'JobTextAppended', stream, offset: 0, text: '' }]);
    });
  }

  /** Resolves when all that was written is stored. */
  async flush(): Promise<void> {
    await this.#turn;
    await (this.#filling?.written ?? this.#writing);
  }

  /** Stores what is pending and takes no more. */
  async close(): Promise<void> {
    await this.#turn;
    this.#closed = true;
    await this.flush();
  }

  #inTurn(add: () => Promise<Batch | undefined>): Promise<void> {
    const added = this.#turn.then(add);
    this.#turn = added.catch(() => {});
    const stored = added.then((batch) => batch?.written);
    // Work may go on without waiting; `close()` then tells of the failure, and it must not end the process.
    stored.catch(() => {});
    return stored;
  }

  async #add(events: EventBody[], row: { progress?: Progress; usage?: Usage } = {}): Promise<Batch> {
    while (this.#filling && this.#isFull(this.#filling)) await this.#filling.written;
    if (this.#closed) throw new AttemptStopped('superseded');

    this.#filling ??= this.#open();
    const batch = this.#filling;
    for (const event of events) {
      if (!extendsLastText(batch.events, event)) batch.events.push(event);
      batch.characters += charactersOf(event);
    }
    if (row.progress) batch.progress = row.progress;
    if (row.usage) batch.usage = sum(batch.usage, row.usage);
    return batch;
  }

  #open(): Batch {
    const batch: Batch = { events: [], characters: 0, written: Promise.resolve() };
    batch.written = this.#store(batch, this.#writing);
    batch.written.catch((error: unknown) => {
      if (error instanceof AttemptStopped) this.#onStopped(error);
    });
    this.#writing = batch.written;
    return batch;
  }

  async #store(batch: Batch, before: Promise<void>): Promise<void> {
    try {
      await Promise.all([this.#pace(), before]);
    } finally {
      this.#filling = undefined;
    }
    const { events, progress, usage } = batch;
    const entry = { jobId: this.#jobId, events, progress, usage };
    this.#wroteAt = performance.now();
    const tell = this.#announce(this.#jobId);
    let stored: JobEvent[] | null = null;
    try {
      stored = await appendAndTell(this.#db, entry, this.#fence).catch(lostStore);
    } finally {
      tell?.(stored ?? []);
    }
    if (!stored) throw new AttemptStopped('superseded');
  }

  /** Behind a silence nobody has to wait for company: the first words of a reply are out at once. */
  #pace(): Promise<unknown> {
    const silence = performance.now() - this.#wroteAt;
    return silence >= BATCH_MS ? nextTurn() : delay(BATCH_MS - silence);
  }

  #isFull({ events, characters }: Batch): boolean {
    return events.length >= BATCH_EVENTS || characters >= BATCH_CHARACTERS;
  }
}

/** What an event weighs in its batch, roughly. */
const charactersOf = (event: EventBody): number =>
  event.type === 'JobTextAppended'
    ? event.text.length
    : event.type === 'JobLogged'
      ? event.message.length
      : 64;

/** Pieces of one stream that wait together become one event. */
function extendsLastText(events: EventBody[], event: EventBody): boolean {
  const last = events.at(-1);
  if (event.type !== 'JobTextAppended' || last?.type !== 'JobTextAppended') return false;
  if (last.stream !== event.stream || last.offset + last.text.length !== event.offset) return false;
  if (last.text.length + event.text.length > EVENT_CHARACTERS) return false;
  last.text += event.text;
  return true;
}

/** Never between the halves of a surrogate pair. */
function endOfPiece(text: string, start: number): number {
  const end = Math.min(start + EVENT_CHARACTERS, text.length);
  const splitsPair = end < text.length && text.charCodeAt(end - 1) >> 10 === 0x36;
  return splitsPair ? end - 1 : end;
}

const sum = (a: Usage | undefined, b: Usage): Usage => ({
  inputTokens: (a?.inputTokens ?? 0) + b.inputTokens,
  outputTokens: (a?.outputTokens ?? 0) + b.outputTokens,
  modelCalls: (a?.modelCalls ?? 0) + b.modelCalls,
});
