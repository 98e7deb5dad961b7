import type { ExecutionResult, ValidatedSubscriptionArgs } from 'graphql';
import type { Call } from '../call.ts';
import { formatted, type PublicErrors } from '../errors.ts';
import { framesOf } from './frames.ts';
import type { Member } from './member.ts';
import type { Pace } from './pace.ts';
import type { Selection } from './selection.ts';
import type { Placed, SharedLog } from './source.ts';
import type { Turn } from './turn.ts';

export interface GroupNeeds {
  log: SharedLog;
  selection: Selection;
  args: ValidatedSubscriptionArgs;
  variables: Readonly<Record<string, unknown>>;
  /** In whose name events are executed: the group's, because its members come and go. */
  call: Call;
  context: object;
  errors: PublicErrors;
  turn: Turn;
  pace: Pace;
  onEmpty: () => void;
}

/** Bytes of results that go to a socket in one piece, roughly: what it takes before it is full. */
const BURST_BYTES = 48 * 1024;

/** Some results in a row, ready to be sent to any member. */
interface Burst {
  events: readonly Placed[];
  /** Place of the last of them. */
  last: number;
  results: Buffer[];
  /** What has to be awaited before more of the events can be had. */
  pending: Promise<unknown> | undefined;
  /** The frames of the newest member that asked: members whose ids are the same send the same bytes. */
  framed: { id: string; frames: Buffer } | undefined;
}

/**
 * Those who follow the same log through the same selection with the same rights: each event is executed and turned into
 * JSON once for all of them. What is rendered is kept until the end of the turn only; whoever is late renders it again.
 */
export class Group {
  readonly #needs: GroupNeeds;
  readonly #members = new Set<Member>();
  readonly #unwatch: () => void;
  readonly #args: ValidatedSubscriptionArgs;
  readonly #rendered = new Map<number, Buffer>();
  readonly #rendering = new Map<number, Promise<unknown>>();
  #burst: Burst | undefined;
  #forgetting = false;

  constructor(needs: GroupNeeds) {
    this.#needs = needs;
    this.#args = { ...needs.args, contextValue: needs.context };
    this.#unwatch = needs.log.watch(() => needs.pace.ask(this.#advance));
  }

  get log(): SharedLog {
    return this.#needs.log;
  }

  add(member: Member): void {
    this.#members.add(member);
  }

  remove(member: Member): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    this.#unwatch();
    this.#needs.pace.forget(this.#advance);
    this.#needs.onEmpty();
    this.#needs.call.leave();
    this.#needs.call.end();
  }

  readonly #advance = (): void => {
    for (const member of this.#members) member.advance();
  };

  /** The events as far as they can be had at once, and fit. The same for all who ask with the same array. */
  burst(events: readonly Placed[]): Burst {
    if (this.#burst?.events === events) return this.#burst;
    const burst: Burst = { events, last: 0, results: [], pending: undefined, framed: undefined };
    let bytes = 0;
    for (const event of events) {
      const result = this.#render(event);
      if (!Buffer.isBuffer(result)) {
        burst.pending = result;
        break;
      }
      burst.results.push(result);
      burst.last = event.seq;
      bytes += result.length;
      if (bytes >= BURST_BYTES) break;
    }
    this.#forgetAtEnd();
    // Whoever waits asks again, and finds more.
    if (!burst.pending) this.#burst = burst;
    return burst;
  }

  frames(burst: Burst, id: string, opening: Buffer): Buffer {
    if (burst.framed?.id !== id) burst.framed = { id, frames: framesOf(opening, burst.results) };
    return burst.framed.frames;
  }

  #render(event: Placed): Buffer | Promise<unknown> {
    const { seq } = event;
    const known = this.#rendered.get(seq) ?? this.#rendering.get(seq);
    if (known) return known;

    const result = this.#needs.selection.execute(event, this.#args, this.#needs.variables);
    if (!('then' in result)) return this.#keep(seq, result);

    const rendering = result
      .then((found) => {
        this.#forgetAtEnd();
        this.#keep(seq, found);
      })
      .finally(() => this.#rendering.delete(seq));
    this.#rendering.set(seq, rendering);
    return rendering;
  }

  #keep(seq: number, { errors: found, ...rest }: ExecutionResult): Buffer {
    const { errors, call } = this.#needs;
    const shown = found ? { ...rest, errors: found.map((error) => formatted(errors.of(error, call))) } : rest;
    const result = Buffer.from(JSON.stringify(shown));
    this.#rendered.set(seq, result);
    return result;
  }

  #forgetAtEnd(): void {
    if (this.#forgetting) return;
    this.#forgetting = true;
    this.#needs.turn.atEnd(() => {
      this.#forgetting = false;
      this.#rendered.clear();
      this.#burst = undefined;
    });
  }
}
