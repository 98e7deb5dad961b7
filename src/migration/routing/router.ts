import type { Logger } from 'pino';
import type {
  ChatRequest,
  ChatService,
  FeatureName,
  ReplyEvent,
  ServiceRouter,
  ServiceVersion,
} from '../../services/chat/types.ts';
import { type CallTime, ModelError, type TokenUsage } from '../../services/models/index.ts';
import type { Decision, Flags } from '../flags/index.ts';
import { BREAKER, Breaker, type BreakerSettings, type BreakerState } from './breaker.ts';
import { type RoutingCount, RoutingCounts } from './counts.ts';
import { isExcused } from './excuse.ts';
import { heed } from './heed.ts';
import { MeasuredCall } from './measured-call.ts';
import { type ReplyObserver, ReplyObservers } from './observers.ts';
import { type Asked, isOfBothWays, isServed, type Served, says, type Ways } from './routed.ts';
import type { ServiceCall, ServiceCalls } from './service-calls.ts';
import { Transcript } from './transcript.ts';

const SLOW_MS = 1_000;
/** Of a service that has no deadline of its own. */
const SILENCE_MS = 120_000;
/** Behind its own deadline, so that a service which keeps it has the first word on it. */
const GRACE_MS = 1_000;
/** Models have a deadline of their own, and say nothing of a structured answer before it is whole. */
const MODEL_SILENCE_MS = 86_400_000;

export type ChatFeature = Parameters<ServiceRouter['reply']>[0];

/** Which service a session gets, and why. */
export interface Routing {
  feature: FeatureName;
  version: ServiceVersion;
  /** In words, for an operator. */
  reason: string;
}

export interface RouterNeeds {
  flags: Pick<Flags, 'decide' | 'shareOf'>;
  services: Readonly<Record<ServiceVersion, ChatService>>;
  calls: Pick<ServiceCalls, 'record'>;
  breaker?: Partial<BreakerSettings>;
  /** A call of the new service that takes longer is warned of. Default: 1,000. */
  slowMs?: number;
  /** A service that says nothing for so long has failed. Default: its own deadline; without one, 120,000. */
  silenceMs?: number;
  now: () => Date;
  /** Milliseconds since any fixed moment; never set back. */
  clock?: () => number;
  log: Logger;
}

/**
 * Sends each session to the service that its flag chose. A new service that fails is stood in for by the legacy one,
 * and one that is down is not tried for a while. Every call is recorded.
 */
export class TrafficRouter implements ServiceRouter {
  readonly #needs: RouterNeeds;
  readonly #clock: () => number;
  readonly #breakers: ReadonlyMap<FeatureName, Breaker>;
  readonly #counts = new RoutingCounts();
  readonly #observers: ReplyObservers;

  constructor(needs: RouterNeeds) {
    const { clock = () => performance.now(), log } = needs;
    this.#needs = needs;
    this.#clock = clock;
    this.#observers = new ReplyObservers(log);
    const features: FeatureName[] = ['CHAT', 'SCENARIO', 'WATCH', 'LLM'];
    this.#breakers = new Map(features.map((feature) => [feature, this.#breakerOf(feature)]));
  }

  async versionFor(feature: FeatureName, sessionId: string): Promise<ServiceVersion> {
    return this.routing(feature, sessionId).version;
  }

  /** What the session's next call would get. */
  routing(feature: FeatureName, sessionId: string): Routing {
    const { version, reason } = this.#needs.flags.decide(feature, sessionId);
    const breaker = this.#breakers.get(feature);
    if (version === 'NEW' && breaker && !breaker.admits)
      return { feature, version: 'LEGACY', reason: `The new service is down and not tried now. ${reason}` };
    return { feature, version, reason };
  }

  /** Whether the new service of each feature is being called: closed means yes. */
  breakers(): { feature: FeatureName; state: BreakerState }[] {
    return [...this.#breakers].map(([feature, { state }]) => ({ feature, state }));
  }

  counts(): RoutingCount[] {
    return this.#counts.list();
  }

  /**
   * Calls `observer` for every reply that a user got whole, behind the user's back.
   *
   * @returns Stops it.
   */
  onReply(observer: ReplyObserver): () => void {
    return this.#observers.add(observer);
  }

  /**
   * A caller who gave up hears the signal's reason, never another service. What a failed reply was paid for is told
   * too, before the legacy service is served.
   *
   * @throws What the legacy service throws, with the new one's failure in the log.
   */
  async *reply(feature: ChatFeature, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ReplyEvent> {
    const { services } = this.#needs;
    const { sessionId, model } = request;
    const ways = {
      LEGACY: (leaving: AbortSignal, time: CallTime) => services.LEGACY.reply(request, leaving, time),
      NEW: (leaving: AbortSignal, time: CallTime) => services.NEW.reply(request, leaving, time),
    };
    const reply = this.#observers.any ? new Transcript() : null;
    let version: ServiceVersion | undefined;
    const onWhole = ({ fellBack, durationMs }: ServiceCall) => {
      const text = reply?.text;
      if (text !== undefined && version)
        this.#observers.tell({ feature, request, reply: text, version, fellBack, durationMs });
    };
    const silenceMs = { LEGACY: this.#silenceOf(services.LEGACY), NEW: this.#silenceOf(services.NEW) };
    const asked = { feature, sessionId, model, silenceMs, mayStandIn: () => true, onWhole };
    for await (const event of this.#routed(asked, ways, signal)) {
      if ('served' in event) {
        version = event.served;
        reply?.clear();
      } else if ('text' in event && event.text) reply?.add(event.text);
      yield event;
    }
  }

  /** The models of analyses. Nothing that was said is taken back: what fails behind its first word has failed. */
  async *ask<Piece extends object>(
    about: { sessionId: string; model: string },
    ways: Ways<Piece>,
    signal: AbortSignal,
  ): AsyncGenerator<Piece | { usage: TokenUsage }> {
    const mayStandIn = (error: unknown, said: boolean) => !said && !isOfBothWays(error);
    const silenceMs = { LEGACY: MODEL_SILENCE_MS, NEW: MODEL_SILENCE_MS };
    const asked = { ...about, feature: 'LLM' as const, silenceMs, mayStandIn };
    for await (const event of this.#routed(asked, ways, signal)) if (!isServed(event)) yield event;
  }

  async *#routed<Piece extends object>(
    asked: Asked,
    ways: Ways<Piece>,
    signal: AbortSignal,
  ): AsyncGenerator<Piece | Served | { usage: TokenUsage }> {
    signal.throwIfAborted();
    const { flags, now } = this.#needs;
    const { feature, sessionId } = asked;
    // Asked once: a flag that changes in the middle changes nothing for this call.
    const decision = flags.decide(feature, sessionId);
    const { version } = decision;
    const begun = { feature, version, sessionId, at: now(), share: flags.shareOf(feature, sessionId) };
    const call = new MeasuredCall(begun, this.#clock);
    try {
      for await (const event of this.#serve(asked, ways, decision, call, signal)) {
        if (!isServed(event) && says(event)) call.text();
        yield event;
      }
      call.whole();
    } catch (error) {
      signal.throwIfAborted();
      call.failed(error, isExcused(error, call.mostlyWaited));
      throw error;
    } finally {
      const result = call.result();
      this.#account(result);
      if (call.isWhole) asked.onWhole?.(result);
    }
  }

  async *#serve<Piece extends object>(
    asked: Asked,
    ways: Ways<Piece>,
    { version }: Decision,
    call: MeasuredCall,
    signal: AbortSignal,
  ): AsyncGenerator<Piece | Served | { usage: TokenUsage }> {
    const { feature, sessionId, model, mayStandIn } = asked;
    if (version === 'LEGACY') {
      yield { served: 'LEGACY', fellBack: false };
      yield* this.#pieces('LEGACY', asked, ways, call, signal);
      return;
    }

    const admission = this.#breakers.get(feature)?.admit();
    if (!admission) call.fellBack('BREAKER_OPEN: the new service is down and was not tried');
    else {
      let said = false;
      try {
        yield { served: 'NEW', fellBack: false };
        for await (const piece of this.#pieces('NEW', asked, ways, call, signal)) {
          said ||= says(piece);
          yield piece;
        }
        admission.succeeded();
        return;
      } catch (error) {
        signal.throwIfAborted();
        const excused = isExcused(error, call.mostlyWaited);
        if (excused) admission.excused();
        else admission.failed(error);
        if (!mayStandIn(error, said)) throw error;
        call.fellBack(error, excused);
        const { log } = this.#needs;
        const facts = { err: error, feature, sessionId, model };
        if (excused) log.warn(facts, 'the new service did not take this call; the legacy one answers');
        else log.error(facts, 'the new service failed; the legacy one answers');
        if (error instanceof ModelError && error.usage) yield { usage: error.usage };
      } finally {
        // Says nothing where something was said before.
        admission.cancelled();
      }
    }
    yield { served: 'LEGACY', fellBack: true };
    yield* this.#pieces('LEGACY', asked, ways, call, signal);
  }

  #pieces<Piece>(
    version: ServiceVersion,
    { silenceMs }: Asked,
    ways: Ways<Piece>,
    time: CallTime,
    signal: AbortSignal,
  ): AsyncGenerator<Piece> {
    return heed(ways[version], {
      signal,
      time,
      silenceMs: silenceMs[version],
      service: version === 'NEW' ? 'the new service' : 'the legacy service',
      onLate: (error) => this.#needs.log.debug({ err: error, version }, 'a reply that was given up ended'),
    });
  }

  #silenceOf({ deadlineMs }: ChatService): number {
    return this.#needs.silenceMs ?? (deadlineMs === undefined ? SILENCE_MS : deadlineMs + GRACE_MS);
  }

  #account(result: ReturnType<MeasuredCall['result']>): void {
    const { calls, slowMs = SLOW_MS, log } = this.#needs;
    const { feature, version, sessionId, outcome, durationMs } = result;
    const slow = version === 'NEW' && outcome === 'ok' && durationMs > slowMs;
    if (slow) log.warn({ feature, sessionId, durationMs }, 'the new service was slow');
    this.#counts.add(result, slow);
    calls.record(result);
  }

  #breakerOf(feature: FeatureName): Breaker {
    const { breaker, services, log } = this.#needs;
    // A try may take as long as any call.
    const { deadlineMs: tryMs = BREAKER.tryMs } = services.NEW;
    return new Breaker({ ...BREAKER, tryMs, ...breaker }, this.#clock, (state, error) => {
      if (state === 'OPEN') log.error({ feature, err: error }, 'the new service is down; it gets no calls');
      else log.info({ feature, state }, 'the new service is being tried again');
    });
  }
}
