import type { Logger } from 'pino';
import { couldBeId } from '../../ids.ts';
import type { ObservedReply } from '../routing/index.ts';
import { snapshot } from './requests.ts';
import type { Sampling } from './sampling.ts';
import type { ShadowLimits } from './types.ts';

const MINUTE_MS = 60_000;

/** What this process did with the replies of sampled sessions since it started. */
export interface LiveCounts {
  sampled: number;
  compared: number;
  /** Of those that were compared. */
  differing: number;
  controls: number;
  running: number;
  waiting: number;
  /** Dropped: too many waited, or the minute's were accepted. */
  queueFull: number;
  overBudget: number;
  /** Not compared: the new service had failed and was stood in for, so the router has counted it already. */
  fellBack: number;
  /** Not stored: the session was gone. */
  gone: number;
  /** Could not be compared or stored; the log says why. */
  failed: number;
  /** Given up because the process stopped. */
  stopped: number;
}

interface Needs {
  isSampled: Sampling;
  /** Compares and stores. Null: the session is gone. */
  compare: (
    observed: ObservedReply,
    control: boolean,
    signal: AbortSignal,
  ) => Promise<{ matches: boolean } | null>;
  limits: Pick<ShadowLimits, 'liveAtOnce' | 'queue' | 'perMinute' | 'controlEvery'>;
  now: () => Date;
  log: Logger;
}

/**
 * Compares replies that users got with what the other service would have said, behind everybody's back. Whatever is too
 * much is dropped and counted: nothing here may ever slow a user down.
 */
export class LiveSampling {
  readonly #needs: Needs;
  readonly #stopping = new AbortController();
  readonly #waiting: { observed: ObservedReply; control: boolean }[] = [];
  readonly #running = new Set<Promise<void>>();
  #minute = 0;
  #accepted = 0;
  #inMinute = 0;
  readonly #counts = {
    sampled: 0,
    compared: 0,
    differing: 0,
    controls: 0,
    queueFull: 0,
    overBudget: 0,
    fellBack: 0,
    gone: 0,
    failed: 0,
    stopped: 0,
  };

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  counts(): LiveCounts {
    return { ...this.#counts, running: this.#running.size, waiting: this.#waiting.length };
  }

  /** Takes a reply, or drops it; waits for nothing. */
  observe(observed: ObservedReply): void {
    const { isSampled, limits } = this.#needs;
    const { feature, request, fellBack } = observed;
    if (this.#stopping.signal.aborted || !couldBeId(request.sessionId)) return;
    if (!isSampled(feature, request.sessionId)) return;
    this.#counts.sampled += 1;
    if (fellBack) this.#counts.fellBack += 1;
    else if (this.#running.size >= limits.liveAtOnce && this.#waiting.length >= limits.queue)
      this.#counts.queueFull += 1;
    else if (!this.#withinBudget()) this.#counts.overBudget += 1;
    else {
      const control = limits.controlEvery > 0 && this.#accepted % limits.controlEvery === 0;
      this.#accepted += 1;
      this.#waiting.push({ observed: { ...observed, request: snapshot(request) }, control });
      this.#proceed();
    }
  }

  /** Gives up what runs and waits, and resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#counts.stopped += this.#waiting.splice(0).length;
    await Promise.all(this.#running);
  }

  #withinBudget(): boolean {
    const { now, limits } = this.#needs;
    const minute = Math.floor(now().getTime() / MINUTE_MS);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#inMinute = 0;
    }
    if (this.#inMinute >= limits.perMinute) return false;
    this.#inMinute += 1;
    return true;
  }

  #proceed(): void {
    while (this.#running.size < this.#needs.limits.liveAtOnce) {
      const next = this.#waiting.shift();
      if (!next) return;
      const run = this.#compare(next.observed, next.control).finally(() => {
        this.#running.delete(run);
        this.#proceed();
      });
      this.#running.add(run);
    }
  }

  /** Never throws. */
  async #compare(observed: ObservedReply, control: boolean): Promise<void> {
    const { compare, log } = this.#needs;
    const { signal } = this.#stopping;
    try {
      const compared = await compare(observed, control, signal);
      if (!compared) {
        this.#counts.gone += 1;
        return;
      }
      this.#counts.compared += 1;
      if (!compared.matches) this.#counts.differing += 1;
      if (control) this.#counts.controls += 1;
    } catch (error) {
      if (signal.aborted) {
        this.#counts.stopped += 1;
        return;
      }
      this.#counts.failed += 1;
      log.error({ err: error, feature: observed.feature }, 'a reply of live traffic could not be compared');
    }
  }
}
