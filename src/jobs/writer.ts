import type { Db } from '../store/index.ts';
import { AttemptStopped, lostStore } from './errors.ts';
import { append, type Fence } from './log.ts';
import type { EventBody, Progress, Usage } from './types.ts';

/** Events that come within this are written together. */
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

/**
 * Writes one attempt's events, those of a few milliseconds in one transaction. It holds at most one batch being
 * written and one being filled; a producer that is faster than the database waits.
 */
export class LogWriter {
  readonly #db: Db;
  readonly #jobId: string;
  readonly #fence: Fence;
  readonly #offsets = new Map<string, number>();
  #filling: Batch | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(db: Db, jobId: string, fence: Fence) {
    this.#db = db;
    this.#jobId = jobId;
    this.#fence = fence;
  }

  /**
   * Adds events, and resolves when they are stored.
   *
   * @throws {AttemptStopped} The log belongs to somebody else by now ('superseded'), or the database is away
   * ('store lost').
   */
  async write(events: EventBody[], row: { progress?: Progress; usage?: Usage } = {}): Promise<void> {
    while (this.#filling && this.#isFull(this.#filling)) await this.#filling.written.catch(() => {});
    if (this.#closed) throw new AttemptStopped('superseded');

    this.#filling ??= this.#open();
    const batch = this.#filling;
    for (const event of events) {
      if (!extendsLastText(batch.events, event)) batch.events.push(event);
      batch.characters += event.type === 'JobTextAppended' ? event.text.length : 64;
    }
    if (row.progress) batch.progress = row.progress;
    if (row.usage) batch.usage = sum(batch.usage, row.usage);
    return batch.written;
  }

  /** Adds text to a stream. The first piece of an attempt begins the stream again. */
  async text(stream: string, text: string): Promise<void> {
    let stored: Promise<void> = Promise.resolve();
    for (let at = 0; at < text.length; ) {
      const piece = text.slice(at, endOfPiece(text, at));
      const offset = this.#offsets.get(stream) ?? 0;
      this.#offsets.set(stream, offset + piece.length);
      stored = this.write([{ type: 'JobTextAppended', stream, offset, text: piece }]);
      at += piece.length;
      if (at < text.length) await stored;
    }
    return stored;
  }

  /** Resolves when all that was written is stored. */
  async flush(): Promise<void> {
    await (this.#filling?.written ?? this.#writing);
  }

  /** Stores what is pending and takes no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  #open(): Batch {
    const batch: Batch = { events: [], characters: 0, written: Promise.resolve() };
    const before = this.#writing;
    batch.written = (async () => {
      await Promise.all([new Promise((resolve) => setTimeout(resolve, BATCH_MS)), before.catch(() => {})]);
      this.#filling = undefined;
      const { events, progress, usage } = batch;
      const seq = await append(this.#db, { jobId: this.#jobId, events, progress, usage }, this.#fence).catch(
        lostStore,
      );
      if (seq === null) throw new AttemptStopped('superseded');
    })();
    // Whoever wrote into the batch hears of its failure; the chain itself only keeps the order.
    batch.written.catch(() => {});
    this.#writing = batch.written;
    return batch;
  }

  #isFull({ events, characters }: Batch): boolean {
    return events.length >= BATCH_EVENTS || characters >= BATCH_CHARACTERS;
  }
}

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
