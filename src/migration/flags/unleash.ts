import { EventEmitter } from 'node:events';
import {
  type ClientFeaturesResponse,
  type Context,
  InMemStorageProvider,
  Strategy,
  Unleash,
  type UnleashConfig,
} from 'unleash-client';
import { isInMd5Share } from './md5-rollout.ts';
import { isGeneral, type Toggle } from './toggles.ts';

const APP_NAME = 'signalbox';
const REQUEST_TIMEOUT_MS = 5_000;
const METRICS_EVERY_MS = 60_000;

/** All flags and segments, as a server tells its clients. */
export type FlagState = Pick<ClientFeaturesResponse, 'features' | 'segments'>;

/** Answers for every session without waiting: what it knows is in memory. */
export interface Evaluation {
  readonly source: 'UNLEASH' | 'LOCAL';
  /** False until there is something to evaluate. */
  readonly answered: boolean;
  toggle(name: string): Toggle | undefined;
  isOn(name: string, sessionId: string): boolean;
  /** The same by those strategies alone that divide all sessions: false for whom only a rule picks out. */
  isInShare(name: string, sessionId: string): boolean;
  stop(): void;
}

export interface OfflineEvaluation extends Evaluation {
  replace(state: FlagState): void;
}

/** While a server has not been asked yet. */
export const UNANSWERED: Evaluation = {
  source: 'UNLEASH',
  answered: false,
  toggle: () => undefined,
  isOn: () => false,
  isInShare: () => false,
  stop: () => {},
};

/** Where and how a server of flags is asked. */
export interface UnleashClientSettings {
  /** Ends in `/api`. */
  url: string;
  /** A backend token; it also says which environment is meant. */
  apiToken: string;
  environment: string;
  refreshMs?: number | undefined;
}

interface ClientEvents {
  /** The first. */
  onAnswer: () => void;
  /** What the server says has changed. */
  onChange: () => void;
  onTrouble: (error: unknown) => void;
  /** The server does not take the token, and the client asks no more. */
  onRefused: (error: unknown) => void;
}

/** What the client says where it stops for good; it has no other sign of it. */
const REFUSED = /responded 40[13]\b.*Stopping refresh/;

/**
 * Asks the server again and again, and evaluates what it said last; while it is away, that stands. Nothing is kept
 * on disk: a process that starts without the server has no answers, because old ones may have been rolled back since.
 * No event comes before this has returned.
 */
export function openClient(settings: UnleashClientSettings, events: ClientEvents): Evaluation {
  const { url, apiToken, environment, refreshMs } = settings;
  const unleash = new Unleash({
    appName: APP_NAME,
    url,
    environment,
    customHeaders: { Authorization: apiToken },
    ...(refreshMs !== undefined && { refreshInterval: refreshMs }),
    timeout: REQUEST_TIMEOUT_MS,
    metricsInterval: METRICS_EVERY_MS,
    strategies: [new Md5Rollout()],
    storageProvider: new InMemStorageProvider(),
    disableAutoStart: true,
    skipInstanceCountWarning: true,
  });
  unleash.on('error', (error: unknown) => {
    if (REFUSED.test(String(error))) events.onRefused(error);
    else events.onTrouble(error);
  });
  unleash.on('warn', events.onTrouble);
  unleash.on('changed', events.onChange);
  unleash.once('synchronized', events.onAnswer);
  const starting = setImmediate(() => unleash.start().catch(events.onTrouble));
  return asEvaluation('UNLEASH', unleash, {
    answered: () => unleash.isSynchronized(),
    stop() {
      clearImmediate(starting);
      end(unleash);
    },
  });
}

/**
 * Its repository takes everybody's ear away when it stops, and goes on waiting for the answer to its last question.
 * Where that one fails, an error that nobody hears would end the process; nobody needs it any more.
 */
function end(unleash: Unleash): void {
  unleash.destroy();
  // biome-ignore lint/complexity/useLiteralKeys: it is private, and the only place where that error shows.
  unleash['repository'].on('error', () => {});
}

/** The same evaluation without any network, of a state that is handed in. */
export function evaluateOffline(): OfflineEvaluation {
  const repository = new HandedIn();
  const unleash = offlineClient(repository);
  const evaluation = asEvaluation('LOCAL', unleash, { answered: () => true, stop: () => unleash.destroy() });
  return Object.assign(evaluation, { replace: (state: FlagState) => repository.replace(state) });
}

/** The client itself, over one state. */
export function clientOver(state: FlagState): Unleash {
  const repository = new HandedIn();
  repository.replace(state);
  return offlineClient(repository);
}

function offlineClient(repository: HandedIn): Unleash {
  const unleash = new Unleash({
    appName: APP_NAME,
    // Demanded, and never asked.
    url: 'http://offline.invalid/api/',
    repository,
    strategies: [new Md5Rollout()],
    disableMetrics: true,
    metricsInterval: 0,
    disableAutoStart: true,
    skipInstanceCountWarning: true,
  });
  void unleash.start();
  return unleash;
}

function asEvaluation(
  source: Evaluation['source'],
  unleash: Unleash,
  { answered, stop }: { answered: () => boolean; stop: () => void },
): Evaluation {
  const isOn = (name: string, sessionId: string) => unleash.isEnabled(name, { sessionId }, false);
  /** Of toggles that have rules besides: a client each that knows nothing of those. */
  const withoutRules = new WeakMap<Definition, Unleash>();
  return {
    source,
    get answered() {
      return answered();
    },
    toggle: (name: string): Toggle | undefined => unleash.getFeatureToggleDefinition(name),
    isOn,
    isInShare(name, sessionId) {
      const toggle = unleash.getFeatureToggleDefinition(name);
      const { strategies = [] } = toggle ?? {};
      const general = strategies.filter(isGeneral);
      if (!toggle || general.length === strategies.length) return isOn(name, sessionId);
      // Without any strategy a toggle is on for all.
      if (general.length === 0) return false;
      const client =
        withoutRules.get(toggle) ?? clientOver({ features: [{ ...toggle, strategies: general }] });
      withoutRules.set(toggle, client);
      return client.isEnabled(name, { sessionId }, false);
    },
    stop,
  };
}

type Repository = NonNullable<UnleashConfig['repository']>;
type Definition = FlagState['features'][number];
type Segment = NonNullable<FlagState['segments']>[number];

/** Flags that are handed in instead of fetched. Ready as soon as it is started. */
class HandedIn extends EventEmitter implements Repository {
  #features = new Map<string, Definition>();
  #segments = new Map<number, Segment>();

  replace({ features, segments = [] }: FlagState): void {
    this.#features = new Map(features.map((feature) => [feature.name, feature]));
    this.#segments = new Map(segments.map((segment) => [segment.id, segment]));
  }

  async start(): Promise<void> {
    this.emit('ready');
  }

  stop(): void {
    this.removeAllListeners();
  }

  getToggle(name: string): Definition | undefined {
    return this.#features.get(name);
  }

  getToggles(): Definition[] {
    return [...this.#features.values()];
  }

  getTogglesWithSegmentData(): ReturnType<Repository['getTogglesWithSegmentData']> {
    return this.getToggles().map(({ strategies = [], ...feature }) => ({
      ...feature,
      strategies: strategies.map(({ segments = [], ...strategy }) => ({
        ...strategy,
        segments: segments.map((id) => this.getSegment(id)),
      })),
    }));
  }

  getSegment(id: number): Segment | undefined {
    return this.#segments.get(id);
  }
}

class Md5Rollout extends Strategy {
  constructor() {
    super('md5Rollout');
  }

  override isEnabled({ percentage }: Record<string, unknown>, { sessionId }: Context): boolean {
    return sessionId !== undefined && isInMd5Share(sessionId, Number(percentage));
  }
}
