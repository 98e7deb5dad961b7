import { patiently } from './patience.ts';
import type { Replays } from './replays.ts';
import type { JobEvent } from './types.ts';

/** What a topic keeps for followers that are a little behind; the rest is in the table. */
const KEPT_EVENTS = 500;
const KEPT_CHARACTERS = 64 * 1024;
/** What an event weighs beside its text, roughly. */
const EVENT_CHARACTERS = 64;
/** What a topic weighs beside its events. */
const TOPIC_CHARACTERS = 1_024;
/** A notification of what this process writes itself waits so long for the write's own answer. */
const OWN_WRITE_MS = 50;

/**
 * What the followers of one job share: the newest seq that was announced, the wake-up, the newest events, and each read
 * of the log. Two thousand that wait at the same place cause one query, or none where this process wrote the events.
 */
export class Topic {
  followers = 0;
  readonly jobId: string;
  readonly #replays: Replays;
  /** The newest seq announced. */
  #head = 0;
  /** True when nothing will come behind `head`. */
  #over = false;
  #stopped = false;
  #owner: string | null = null;
  #opened: Promise<void> | undefined;
  #isOpen = false;
  /** Called, and forgotten, at the next wake-up. */
  #waiting = new Set<() => void>();
  readonly #watchers = new Set<() => void>();
  /** The end of the log as far as it was read, without a hole. */
  #kept: JobEvent[] = [];
  #keptCharacters = 0;
  /** The newest answer of `peek`: most followers are at the same place. */
  #peeked: { after: number; events: readonly JobEvent[] } | undefined;
  readonly #reading = new Map<number, Promise<readonly JobEvent[]>>();
  /** Writes of this process that are under way. */
  #writes = 0;
  /** What was announced meanwhile. */
  #heard = 0;
  #patience: NodeJS.Timeout | undefined;

  constructor(replays: Replays, jobId: string) {
    this.#replays = replays;
    this.jobId = jobId;
  }

  /** Nothing will come behind what `peek` has; after `stop()` nothing at all. */
  get over(): boolean {
    return this.#over || this.#stopped;
  }

  /** Whose job it is, as far as anybody found out; null too where there is no such job. */
  get owner(): string | null {
    return this.#owner;
  }

  /** Whose job it is; null: there is no such job. What comes behind `after` is read by the way. */
  async findOwner(after: number, follower: { readonly signal: AbortSignal }): Promise<string | null> {
    if (this.#owner === null) await patiently(() => this.#openOnce(after), follower.signal);
    return this.#owner;
  }

  /** What it keeps, in characters. */
  get weight(): number {
    return TOPIC_CHARACTERS + this.#keptCharacters;
  }

  /** @param seq The newest seq of the log; 0: the job is gone. */
  wake(seq: number): void {
    if (seq === 0) {
      this.#over = true;
      this.#owner = null;
    } else if (seq <= this.#head) return;
    else if (this.#writes > 0) {
      this.#heard = Math.max(seq, this.#heard);
      this.#patience ??= setTimeout(() => this.#hearOut(), OWN_WRITE_MS);
      return;
    }
    this.#head = Math.max(seq, this.#head);
    this.#wakeAll();
  }

  /**
   * Tells that this process writes to the log now: what it stores need not be read back.
   *
   * @returns What takes the answer: the events as they were stored, none where they were not, or where nobody knows.
   */
  writing(): (stored: readonly JobEvent[]) => void {
    this.#writes += 1;
    return (stored) => {
      this.#writes -= 1;
      const last = stored.at(-1);
      if (last) this.#learn(stored, last.seq);
      if (this.#writes === 0) this.#hearOut();
    };
  }

  #hearOut(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    const heard = this.#heard;
    this.#heard = 0;
    if (heard <= this.#head) return;
    this.#head = heard;
    this.#wakeAll();
  }

  /** Nobody is told anything any more. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#patience);
    this.#wakeAll();
  }

  /** Calls at every wake-up. @returns Stops it. */
  watch(onNews: () => void): () => void {
    this.#watchers.add(onNews);
    return () => this.#watchers.delete(onNews);
  }

  /** Without waiting: events behind the cursor. Empty: there are none yet. Undefined: `next` has to find out. */
  peek(after: number): readonly JobEvent[] | undefined {
    if (this.#stopped) return [];
    if (after === this.#head && this.#isOpen) return [];
    if (this.#peeked?.after === after) return this.#peeked.events;

    const first = this.#kept[0]?.seq;
    if (first === undefined || after < first - 1 || after > first + this.#kept.length - 2) return undefined;
    this.#peeked = { after, events: this.#kept.slice(after - first + 1) };
    return this.#peeked.events;
  }

  /** Waits for events behind the cursor and gives them. Empty: there will be none, or `signal` fired. */
  async next(cursor: number, signal: AbortSignal): Promise<readonly JobEvent[]> {
    try {
      if (!this.#isOpen) await patiently(() => this.#openOnce(cursor), signal);
      while (!signal.aborted && !this.#stopped) {
        if (this.#head > cursor) {
          const events = this.peek(cursor) ?? (await patiently(() => this.#read(cursor), signal));
          if (events.length > 0) return signal.aborted || this.#stopped ? [] : events;
        }
        if (this.#over) return [];
        // Behind a cursor that is ahead of the log nobody reads, so nobody would see the end.
        const seen = this.#head;
        if (seen < cursor) await patiently(() => this.#open(cursor), signal);
        if (this.#head === seen && !this.over) await this.#wokenOrAborted(signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return [];
  }

  #openOnce(after: number): Promise<void> {
    if (this.#opened) return this.#opened;
    const opened = this.#open(after);
    this.#opened = opened;
    const forget = () => {
      this.#opened = undefined;
    };
    opened.then(() => this.#owner ?? forget(), forget);
    return opened;
  }

  /** Learns where the log stands; from then on wake-ups tell. */
  async #open(after: number): Promise<void> {
    const opening = await this.#replays.open(this.jobId, after);
    this.#owner = opening?.owner ?? null;
    this.#isOpen = true;
    const { events = [] } = opening ?? {};
    const last = events.at(-1);
    if (last) this.#learn(events, last.seq);
    this.wake(opening?.lastSeq ?? 0);
    if (opening?.finished) this.#end();
  }

  /** One read for all that ask at the same place. */
  #read(cursor: number): Promise<readonly JobEvent[]> {
    const known = this.#reading.get(cursor);
    if (known) return known;

    const reading = this.#replays
      .page(this.jobId, cursor)
      .then((events) => {
        const last = events.at(-1);
        if (last) this.#learn(events, last.seq);
        // Nothing behind the cursor though something was announced: the job was deleted.
        if (!last || last.type === 'JobFinished') this.#end();
        return events;
      })
      .finally(() => this.#reading.delete(cursor));
    this.#reading.set(cursor, reading);
    return reading;
  }

  /** Where events reach further than was announced, waiting for the announcement would only take time. */
  #learn(events: readonly JobEvent[], last: number): void {
    if (last < this.#head) return;
    this.#keep(events);
    if (last === this.#head) return;
    this.#head = last;
    this.#wakeAll();
  }

  /** Adds to what is kept, at either end, where that leaves no hole; else begins anew. The oldest go. */
  #keep(events: readonly JobEvent[]): void {
    const from = events[0]?.seq;
    const to = events.at(-1)?.seq;
    if (from === undefined || to === undefined) return;
    if (from > (this.#kept.at(-1)?.seq ?? to) + 1) {
      this.#kept = [];
      this.#keptCharacters = 0;
    }
    const first = this.#kept[0]?.seq ?? from;
    const last = this.#kept.at(-1)?.seq ?? from - 1;
    if (to < first - 1) return;
    const older = from < first ? events.filter(({ seq }) => seq < first) : [];
    const newer = events.filter(({ seq }) => seq > last);
    for (const some of [older, newer]) for (const event of some) this.#keptCharacters += weigh(event);
    this.#kept.unshift(...older);
    this.#kept.push(...newer);
    let gone = 0;
    while (this.#keptCharacters > KEPT_CHARACTERS || this.#kept.length - gone > KEPT_EVENTS)
      this.#keptCharacters -= weigh(this.#kept[gone++]!);
    if (gone > 0) this.#kept.splice(0, gone);
    this.#peeked = undefined;
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#wakeAll();
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
    for (const onNews of this.#watchers) onNews();
  }

  /** Leaves nothing behind, here or on the signal: a quiet job may see many followers come and go. */
  #wokenOrAborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.#waiting.add(done);
    });
  }
}

const weigh = (event: JobEvent): number =>
  EVENT_CHARACTERS +
  (event.type === 'JobTextAppended'
    ? event.text.length
    : event.type === 'JobLogged'
      ? event.message.length
      : 0);
