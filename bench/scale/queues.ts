/** A world that moves from one moment to the next, and stations in it where things wait for a free server. */

/** Things that will happen, the earliest first; what is due at one moment happens in the order in which it was planned. */
export class Calendar {
  /** Seconds. */
  now = 0;
  readonly #heap: { at: number; order: number; happen: () => void }[] = [];
  #planned = 0;

  in(seconds: number, happen: () => void): void {
    const heap = this.#heap;
    const entry = { at: this.now + seconds, order: this.#planned++, happen };
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(entry, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = entry;
  }

  /** Lets happen what is due until then. */
  run(until: number): void {
    for (let next = this.#heap[0]; next && next.at <= until; next = this.#heap[0]) {
      this.now = next.at;
      this.#removeFirst();
      next.happen();
    }
    this.now = until;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (!isBefore(heap[below]!, last)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = last;
  }
}

interface Moment {
  at: number;
  order: number;
}

const isBefore = (a: Moment, b: Moment): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** So many servers, and one queue before them: first come, first served. */
export class Station {
  arrived = 0;
  left = 0;
  readonly #calendar: Calendar;
  readonly #servers: number;
  readonly #waiting: (() => void)[] = [];
  /** Of `#waiting`, those that were called already. */
  #called = 0;
  #busy = 0;
  #busySeconds = 0;
  #since = 0;
  #began = 0;

  constructor(calendar: Calendar, servers = 1) {
    this.#calendar = calendar;
    this.#servers = servers;
  }

  get waiting(): number {
    return this.#waiting.length - this.#called;
  }

  get busy(): number {
    return this.#busy;
  }

  /** The share of its servers' time that was used since `reset`. */
  get utilisation(): number {
    this.#account();
    return this.#busySeconds / (this.#servers * (this.#calendar.now - this.#began));
  }

  /** Utilisation counts from now on. */
  reset(): void {
    this.#account();
    this.#busySeconds = 0;
    this.#began = this.#calendar.now;
  }

  /** Takes a server as soon as one is free; whoever takes it says when it is free again. */
  take(begin: (release: () => void) => void): void {
    this.arrived += 1;
    const start = () => {
      this.#account();
      this.#busy += 1;
      begin(() => this.#release());
    };
    if (this.#busy < this.#servers) start();
    else this.#waiting.push(start);
  }

  serve(seconds: number, done: () => void): void {
    this.take((release) =>
      this.#calendar.in(seconds, () => {
        release();
        done();
      }),
    );
  }

  #release(): void {
    this.#account();
    this.#busy -= 1;
    this.left += 1;
    const next = this.#waiting[this.#called];
    if (!next) return;
    this.#called += 1;
    if (this.#called > 1_000 && this.#called > this.#waiting.length / 2) {
      this.#waiting.splice(0, this.#called);
      this.#called = 0;
    }
    next();
  }

  #account(): void {
    this.#busySeconds += this.#busy * (this.#calendar.now - this.#since);
    this.#since = this.#calendar.now;
  }
}
