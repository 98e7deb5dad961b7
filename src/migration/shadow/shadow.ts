import type { Logger } from 'pino';
import { NotFoundError, UpstreamError } from '../../errors.ts';
import type { ChatService, FeatureName, ServiceVersion } from '../../services/chat/index.ts';
import { InputCheck } from '../../services/input.ts';
import type { Scenarios } from '../../services/scenarios/index.ts';
import type { Sessions } from '../../services/sessions.ts';
import { Slots } from '../../services/slots.ts';
import type { Viewer } from '../../services/viewer.ts';
import type { Store } from '../../store/index.ts';
import type { ObservedReply, TrafficRouter } from '../routing/index.ts';
import { compare } from './comparing.ts';
import { type LiveCounts, LiveSampling } from './live.ts';
import { FeatureNoise, type NoiseVerdict } from './noise.ts';
import { count, keep, list, type NewComparison, read, sweep } from './records.ts';
import { type History, requestOf } from './requests.ts';
import type { Sampling } from './sampling.ts';
import { tell } from './telling.ts';
import {
  LIMITS,
  SHADOW_FEATURES,
  type ShadowComparison,
  type ShadowFeature,
  type ShadowFilter,
  type ShadowLimits,
} from './types.ts';
import { ComparisonWatchers } from './watchers.ts';

const LONGEST_MESSAGE = 32_000;
const LONGEST_MODEL = 200;
const LONGEST_PAGE = 100;

export interface ShadowTest {
  sessionId: string;
  message: string;
  feature: FeatureName;
  model?: string | null | undefined;
  /** Asks the legacy service twice, to tell its own noise from a difference. */
  control?: boolean | undefined;
}

export interface ShadowNeeds {
  store: Store;
  services: Readonly<Record<ServiceVersion, ChatService>>;
  sessions: Pick<Sessions, 'findMany'>;
  scenarios: Pick<Scenarios, 'find'>;
  history: History;
  defaultModel: string;
  /** Live traffic; null: none of it is looked at. */
  live: { router: Pick<TrafficRouter, 'onReply'>; isSampled: Sampling } | null;
  limits?: Partial<ShadowLimits>;
  now: () => Date;
  log: Logger;
}

/**
 * Asks both services the same and compares what they say: on demand, and for a sample of live traffic behind its users'
 * backs. Neither leaves a trace in a session, nor counts in any verdict on response times.
 */
export class Shadow {
  readonly #needs: ShadowNeeds;
  readonly #limits: ShadowLimits;
  readonly #places: Slots;
  readonly #live: LiveSampling | null;
  readonly #noise: FeatureNoise;
  readonly #watchers: ComparisonWatchers;
  readonly #stopping = new AbortController();
  #unobserve: (() => void) | undefined;

  constructor(needs: ShadowNeeds) {
    const { store, live, log, now } = needs;
    this.#needs = needs;
    this.#limits = { ...LIMITS, ...needs.limits };
    this.#places = new Slots(this.#limits.testsAtOnce);
    this.#noise = new FeatureNoise(store.db);
    this.#watchers = new ComparisonWatchers(store, log);
    this.#live =
      live &&
      new LiveSampling({
        isSampled: live.isSampled,
        compare: (observed, control, signal) => this.#compareLive(observed, control, signal),
        limits: this.#limits,
        now,
        log,
      });
  }

  async start(): Promise<void> {
    await this.#watchers.start();
    const { live } = this.#needs;
    if (live) this.#unobserve = live.router.onReply((observed) => this.#live?.observe(observed));
  }

  /** Ends every watcher, and gives up what runs. */
  async stop(): Promise<void> {
    this.#unobserve?.();
    this.#stopping.abort(new Error('The process stops.'));
    await this.#live?.stop();
    await this.#watchers.stop();
  }

  /**
   * Runs both services on a message that is not sent, as the session's conversation stands now, and keeps the
   * comparison. A service that fails has an error in its result.
   *
   * @throws {InvalidInputError | NotFoundError}
   * @throws {UpstreamError} The conversation cannot be read, or too many tests run.
   */
  async test(viewer: Viewer, input: ShadowTest, signal: AbortSignal): Promise<ShadowComparison> {
    const { sessionId, message, model, control = false } = input;
    const feature = SHADOW_FEATURES.find((known) => known === input.feature);
    new InputCheck()
      .text('message', message, LONGEST_MESSAGE)
      .text('model', model, LONGEST_MODEL)
      .require(feature !== undefined, 'feature', `must be one of ${SHADOW_FEATURES.join(', ')}`)
      .done();
    const leaving = AbortSignal.any([signal, this.#stopping.signal]);
    using _place = await this.#place(leaving);

    const [session] = await this.#needs.sessions.findMany(viewer, [sessionId]);
    if (!session) throw new NotFoundError('session', sessionId);
    const request = await requestOf(session, feature!, message, model, this.#needs, leaving);
    const comparison = await compare({ feature: feature!, request, control }, this.#comparing, leaving);
    const kept = await this.#keep(comparison);
    if (!kept) throw new NotFoundError('session', sessionId);
    return kept;
  }

  /** A page, newest first. `before`: number of the comparison that it begins behind. */
  async list(
    owner: string,
    filter: ShadowFilter,
    first: number,
    before?: number,
  ): Promise<{ comparisons: ShadowComparison[]; hasNextPage: boolean }> {
    const size = Math.min(Math.max(first, 0), LONGEST_PAGE);
    const found = await list(this.#needs.store.db, owner, filter, size + 1, before);
    return { comparisons: found.slice(0, size), hasNextPage: found.length > size };
  }

  count(owner: string, filter: ShadowFilter): Promise<number> {
    return count(this.#needs.store.db, owner, filter);
  }

  /** In no order; those that do not exist, or are somebody else's, are missing. */
  async find(owner: string, ids: readonly string[]): Promise<ShadowComparison[]> {
    return (await read(this.#needs.store.db, ids)).filter((comparison) => comparison.owner === owner);
  }

  /** The owner's comparisons as they are stored, by any process, until `signal` fires. */
  changes(
    owner: string,
    feature: ShadowFeature | null,
    signal: AbortSignal,
  ): AsyncGenerator<ShadowComparison> {
    return this.#watchers.follow(owner, feature, signal);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Of all owners' comparisons with a control that this process has counted, the newest ones included. */
  noise(feature: ShadowFeature): Promise<NoiseVerdict> {
    return this.#noise.of(feature);
  }

  /** Null where live traffic is not looked at. */
  counts(): LiveCounts | null {
    return this.#live?.counts() ?? null;
  }

  /** Forgets comparisons that are old. @returns How many. */
  sweep(): Promise<number> {
    const { store, now } = this.#needs;
    return sweep(store.db, now(), this.#limits.keptDays);
  }

  get #comparing() {
    const { services, now, log } = this.#needs;
    return { services, callMs: this.#limits.callMs, now, log };
  }

  async #place(signal: AbortSignal): Promise<Disposable> {
    const { testsAtOnce, waitMs } = this.#limits;
    const patience = AbortSignal.timeout(waitMs);
    try {
      return await this.#places.take(AbortSignal.any([signal, patience]));
    } catch (error) {
      if (signal.aborted || !patience.aborted) throw error;
      throw new UpstreamError('shadow', `${testsAtOnce} shadow tests already run; try again later.`, true);
    }
  }

  async #compareLive(
    { feature, request, reply, version, durationMs }: ObservedReply,
    control: boolean,
    signal: AbortSignal,
  ): Promise<ShadowComparison | null> {
    const known = { version, result: { reply, error: null, durationMs: Math.round(durationMs) } };
    return this.#keep(await compare({ feature, request, control, known }, this.#comparing, signal));
  }

  async #keep(comparison: NewComparison): Promise<ShadowComparison | null> {
    const { store, log } = this.#needs;
    const kept = await keep(store.db, comparison);
    if (kept) tell(log, kept);
    return kept;
  }
}
