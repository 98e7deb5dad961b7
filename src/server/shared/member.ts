import type { ExecutionResult } from 'graphql';
import type { Call } from '../call.ts';
import type { PublicErrors } from '../errors.ts';
import { opening } from './frames.ts';
import type { Group } from './group.ts';
import type { Outlet } from './outlet.ts';
import type { Placed } from './source.ts';

export interface MemberNeeds {
  /** The subscription's, on its connection. */
  id: string;
  call: Call;
  outlet: Outlet;
  group: Group;
  errors: PublicErrors;
  /** The place in the log that it begins behind. */
  after: number;
  onEnd: () => void;
}

type Result = IteratorResult<ExecutionResult, void>;
const DONE: Result = { done: true, value: undefined };

/**
 * One subscriber: a place in a log, and a socket. It writes what is at hand behind its place for as long as the socket
 * takes it, and reads the log where it fell behind.
 *
 * To graphql-ws it is an iteration that gives nothing and ends when the subscription does; a log that cannot be read is
 * its one and last result.
 */
export class Member implements AsyncGenerator<ExecutionResult, void> {
  readonly #needs: MemberNeeds;
  readonly #opening: Buffer;
  #after: number;
  /** While something is read or computed for it. */
  #busy = false;
  #over = false;
  #last: ExecutionResult | undefined;
  #waiting: ((result: Result) => void) | undefined;

  constructor(needs: MemberNeeds) {
    this.#needs = needs;
    this.#after = needs.after;
    this.#opening = opening(needs.id);
  }

  start(): void {
    const { call, group, outlet } = this.#needs;
    group.add(this);
    outlet.enter();
    call.streaming = true;
    call.onLeave(this.#leave);
    if (call.left) this.#finish();
    else this.advance();
  }

  /** Sends on, if there is anything and nothing is in the way. Never throws. */
  readonly advance = (): void => {
    const { group, outlet } = this.#needs;
    try {
      while (!this.#busy && !this.#over) {
        if (outlet.full) return void outlet.onceDrained(this.advance);
        const events = group.log.peek(this.#after);
        if (events === undefined) return void this.#read();
        if (events.length > 0) this.#take(events);
        else if (group.log.over) this.#finish();
        else return;
      }
    } catch (error) {
      this.#fail(error);
    }
  };

  /** What the socket does not take any more is forgotten, and read again when it does. */
  #take(events: readonly Placed[]): void {
    const { group, outlet, id } = this.#needs;
    for (let rest = events; rest.length > 0 && !outlet.full; ) {
      const burst = group.burst(rest);
      if (burst.results.length > 0) {
        outlet.write(group.frames(burst, id, this.#opening));
        this.#after = burst.last;
      }
      if (burst.pending) return void this.#await(burst.pending);
      rest = rest.slice(burst.results.length);
    }
  }

  async #await(pending: Promise<unknown>): Promise<void> {
    this.#busy = true;
    try {
      await pending;
      this.#busy = false;
      this.advance();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What is not at hand: it fell behind, or its place is ahead of the log. */
  async #read(): Promise<void> {
    const { group, call } = this.#needs;
    this.#busy = true;
    try {
      const events = await group.log.next(this.#after, call.signal);
      this.#busy = false;
      if (this.#over) return;
      if (events.length === 0) return this.#finish();
      this.#take(events);
      this.advance();
    } catch (error) {
      this.#fail(error);
    }
  }

  readonly #leave = (): void => this.#finish();

  #fail(error: unknown): void {
    if (this.#over) return;
    const { errors, call } = this.#needs;
    this.#finish({ errors: [errors.of(error, call)] });
  }

  #finish(last?: ExecutionResult): void {
    if (this.#over) return;
    this.#over = true;
    const { call, group, outlet, onEnd } = this.#needs;
    outlet.flush();
    outlet.leave(this.advance);
    group.remove(this);
    call.streaming = false;
    onEnd();

    this.#last = last;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) void this.next().then(waiting);
    call.end();
  }

  next(): Promise<Result> {
    const value = this.#last;
    this.#last = undefined;
    if (value) return Promise.resolve({ done: false, value });
    if (this.#over) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  return(): Promise<Result> {
    if (!this.#over) this.#needs.call.leave();
    return Promise.resolve(DONE);
  }

  throw(error: unknown): Promise<Result> {
    if (!this.#over) this.#needs.call.leave();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }
}
