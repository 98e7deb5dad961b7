import type { Topic } from './topic.ts';

/** A client that lost its connection is usually back within seconds; those that tried in vain wait longer each time. */
const LINGER_MS = 30_000;
const LOOK_MS = 5_000;
/** What idle topics keep together. */
const CHARACTERS = 16 * 1024 ** 2;

/** Topics that nobody follows now, with what they know, for those who come back. The oldest go. */
export class IdleTopics {
  readonly #drop: (topic: Topic) => void;
  /** When they were left. */
  readonly #since = new Map<Topic, number>();
  /** Their weight, roughly: what is written while nobody follows is counted at the next look. */
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(drop: (topic: Topic) => void) {
    this.#drop = drop;
  }

  add(topic: Topic): void {
    this.#since.set(topic, performance.now());
    this.#characters += topic.weight;
    if (this.#characters > CHARACTERS) this.#look();
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  /** Somebody follows it again. */
  take(topic: Topic): void {
    if (this.#since.delete(topic)) this.#characters -= topic.weight;
  }

  clear(): void {
    for (const topic of this.#since.keys()) this.#drop(topic);
    this.#since.clear();
    this.#look();
  }

  #look(): void {
    this.#characters = 0;
    for (const topic of this.#since.keys()) this.#characters += topic.weight;
    const left = performance.now() - LINGER_MS;
    // Some room is made, so that not each that comes has to look.
    const most = this.#characters > CHARACTERS ? 0.75 * CHARACTERS : CHARACTERS;
    for (const [topic, since] of this.#since) {
      if (since > left && this.#characters <= most) break;
      this.take(topic);
      this.#drop(topic);
    }
    if (this.#since.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
