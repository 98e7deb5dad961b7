import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { FeatureName } from '../../services/chat/types.ts';
import { InputCheck } from '../../services/input.ts';
import type { Store } from '../../store/index.ts';
import { Alerts } from './alerts.ts';
import { decide } from './decide.ts';
import { ServerEvaluation } from './from-server.ts';
import { KnownFeatures } from './known.ts';
import { readChanges, storeChange } from './records.ts';
import { type HealthCheck, type RollbackReport, rollBack } from './rollback.ts';
import { percentageOf, strategyFor, toggleOf } from './toggles.ts';
import { type Decision, FEATURE_NAMES, type Feature, type FeatureChange, type Split } from './types.ts';
import { type Evaluation, evaluateOffline, type OfflineEvaluation, UNANSWERED } from './unleash.ts';
import { type Told, UnleashAdmin } from './unleash-admin.ts';
import { FeatureWatchers } from './watchers.ts';

const REASON_CHARACTERS = 1_000;
const MOST_CHANGES = 100;
const REFUSED = 'The flag server does not take UNLEASH_API_TOKEN.';

export interface UnleashSettings {
  /** With or without the `/api` at its end. */
  url: string;
  apiToken: string;
  /** Absent: the server's flags are read, and changes are refused. */
  adminToken?: string | undefined;
  environment: string;
  project: string;
  /** How often the server is asked. Default: 5,000. */
  refreshMs?: number | undefined;
}

export interface FlagsNeeds {
  store: Store;
  /** Absent: our own table decides, without any network. */
  unleash?: UnleashSettings | undefined;
  /** Features that this process' environment holds off (`USE_NEW_CHAT=false`). */
  killedByEnvironment?: readonly FeatureName[];
  /** Features that it turns on for all sessions (`USE_NEW_CHAT=true`), unless they were rolled back. */
  forcedByEnvironment?: readonly FeatureName[];
  /** Features whose sessions are divided as the legacy system did. */
  md5Rollout?: readonly FeatureName[];
  alertWebhookUrl?: string | undefined;
  healthy: HealthCheck;
  now: () => Date;
  log: Logger;
}

export interface FeatureInput {
  feature: FeatureName;
  enabled?: boolean | null | undefined;
  /** 0 to 100, whole. */
  rolloutPercentage?: number | null | undefined;
  reason: string;
}

/**
 * Which features have moved to their new service, and for whom. Asked without waiting: everything is in memory.
 *
 * What decides, strongest first: the environment's kill switch, our own record of a rollback, the environment's word
 * for the new service, and then the flag server or, without one, our own table.
 */
export class Flags {
  readonly #needs: FlagsNeeds;
  readonly #known: KnownFeatures;
  /** Our own table as flags; null where a flag server decides. */
  readonly #offline: OfflineEvaluation | null;
  readonly #admin: UnleashAdmin | null;
  readonly #alerts: Alerts;
  readonly #watchers = new FeatureWatchers();
  readonly #stopped = new AbortController();
  #evaluation: Evaluation;
  #server: ServerEvaluation | undefined;
  #setting: Promise<void> = Promise.resolve();
  #started = false;

  constructor(needs: FlagsNeeds) {
    const { store, unleash, alertWebhookUrl, log } = needs;
    this.#needs = needs;
    this.#known = new KnownFeatures({ store, log, onChange: () => this.#changed() });
    this.#offline = unleash ? null : evaluateOffline();
    this.#evaluation = this.#offline ?? UNANSWERED;
    this.#admin = unleash ? new UnleashAdmin({ ...unleash, url: apiOf(unleash.url) }) : null;
    this.#alerts = new Alerts({ url: alertWebhookUrl, log });
  }

  /** Answers when our own records are read and, where there is a flag server, when it had its time to answer. */
  async start(): Promise<void> {
    const { unleash, log } = this.#needs;
    await this.#known.start();
    if (unleash) {
      const { apiToken, environment, refreshMs } = unleash;
      const settings = { url: apiOf(unleash.url), apiToken, environment, refreshMs };
      this.#server = new ServerEvaluation(settings, {
        onChange: () => this.#changed(),
        onTrouble: (error) => log.warn({ err: error }, 'the flag server makes trouble; its last word stands'),
        onRefused: (error) => log.error({ err: error }, `${REFUSED} Its last word stands.`),
        onAccepted: () => log.info('the flag server takes the token again'),
      });
      this.#evaluation = this.#server;
      await this.#server.first();
    }
    this.#started = true;
    this.#changed();
  }

  /** Whether what decides can be asked; where it cannot, its last word stands, or the legacy services serve. */
  health(): { ok: boolean; message?: string } {
    if (this.#server?.refused) return { ok: false, message: REFUSED };
    if (!this.#evaluation.answered) return { ok: false, message: 'The flag server has not answered yet.' };
    return { ok: true };
  }

  /** Ends every watcher. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#evaluation.stop();
    await this.#known.stop();
    await this.#alerts.close();
  }

  /** The same session always gets the same answer while the feature stays as it is. */
  decide(feature: FeatureName, sessionId: string): Decision {
    return decide(feature, sessionId, {
      killedByEnvironment: this.#isKilledByEnvironment(feature),
      forcedByEnvironment: this.#isForcedByEnvironment(feature),
      kill: this.#known.of(feature).kill,
      evaluation: this.#evaluation,
    });
  }

  /**
   * The new service's share of sessions at this moment, 0 to 1.
   *
   * @param sessionId Of this session: 1 where a rule picks it out, for chance has no part in that.
   */
  shareOf(feature: FeatureName, sessionId?: string): number {
    const { enabled, rolloutPercentage } = this.feature(feature);
    if (!enabled) return 0;
    return sessionId !== undefined && this.#isPickedOut(feature, sessionId) ? 1 : rolloutPercentage / 100;
  }

  #isPickedOut(feature: FeatureName, sessionId: string): boolean {
    if (this.#isForcedByEnvironment(feature)) return false;
    const toggle = toggleOf(feature);
    return this.#evaluation.isOn(toggle, sessionId) && !this.#evaluation.isInShare(toggle, sessionId);
  }

  feature(name: FeatureName): Feature {
    const { kill, lastChange } = this.#known.of(name);
    const held = { name, enabled: false, rolloutPercentage: 0, lastChange };
    if (this.#isKilledByEnvironment(name)) return { ...held, source: 'ENVIRONMENT' };
    if (kill) return { ...held, source: 'LOCAL' };
    if (this.#isForcedByEnvironment(name))
      return { ...held, enabled: true, rolloutPercentage: 100, source: 'ENVIRONMENT' };
    const { source } = this.#evaluation;
    const toggle = this.#evaluation.toggle(toggleOf(name));
    if (!toggle) return { ...held, source };
    return { ...held, enabled: toggle.enabled, rolloutPercentage: percentageOf(toggle), source };
  }

  /** All six, in the order of the migration. */
  list(): Feature[] {
    return FEATURE_NAMES.map((name) => this.feature(name));
  }

  /** What was changed through us, newest first, at most 100. Changes made on the flag server itself are its own. */
  history(feature: FeatureName, first = 20): Promise<FeatureChange[]> {
    return readChanges(this.#needs.store.db, feature, Math.min(first, MOST_CHANGES));
  }

  /** Each feature as it changes, in any process or on the flag server, until `signal` fires. */
  changes(signal: AbortSignal): AsyncGenerator<Feature> {
    return this.#watchers.follow(AbortSignal.any([signal, this.#stopped.signal]));
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /**
   * Changes a feature and keeps who did it and why. Setting it on lifts a rollback, unless it was rolled back again
   * in the meantime; it starts from 0 % then. A flag server hears of it first, and where it refuses nothing has
   * changed here. It is heard by every process: at once from our own table, by its next question from a server.
   *
   * @throws {InvalidInputError} The percentage is no whole number of 0 to 100, or nothing is said.
   * @throws {UpstreamError} The flag server did not take it.
   */
  set(input: FeatureInput, by: string): Promise<Feature> {
    // One after the other: what is absent stays as the one before left it.
    const set = this.#setting.then(() => this.#set(input, by));
    this.#setting = set.then(
      () => {},
      () => {},
    );
    return set;
  }

  /**
   * Back to the legacy service: in this process when this is called, in every other within 2 s, whatever the flag
   * server says, and until the feature is set on again. Absent `features` mean all of them.
   *
   * @throws {InvalidInputError} The reason is missing or too long.
   * @throws {UpstreamError} It could not be stored; it holds in this process all the same.
   */
  async rollback(
    { features, reason }: { features?: readonly FeatureName[] | null; reason: string },
    by: string,
  ): Promise<RollbackReport> {
    const { store, healthy, now, log } = this.#needs;
    new InputCheck().text('reason', reason, REASON_CHARACTERS).done();
    return rollBack(features ?? FEATURE_NAMES, reason, by, {
      store,
      known: this.#known,
      admin: this.#admin,
      alerts: this.#alerts,
      healthy,
      feature: (name) => this.feature(name),
      now,
      log,
    });
  }

  async #set(input: FeatureInput, by: string): Promise<Feature> {
    const { store, now } = this.#needs;
    const { feature, reason } = input;
    check(input);

    await this.#known.refresh();
    const { kill } = this.#known.of(feature);
    const told = await this.#tellFlagServer(input, kill !== null);
    await storeChange(store.db, {
      id: randomUUID(),
      feature,
      at: now(),
      by,
      reason,
      enabled: told?.enabled ?? input.enabled ?? undefined,
      rolloutPercentage: told?.rolloutPercentage ?? input.rolloutPercentage ?? undefined,
      lifts: input.enabled ? kill?.id : undefined,
      flagServer: told && 'changed',
    });
    await this.#known.refresh();
    const seen = this.feature(feature);
    // The server's own word comes with the next question.
    return seen.source === 'UNLEASH' ? { ...seen, ...told } : seen;
  }

  /** @returns What it was told; null where there is none. */
  async #tellFlagServer(
    { feature, enabled, rolloutPercentage }: FeatureInput,
    killed: boolean,
  ): Promise<Told | null> {
    if (!this.#admin) return null;
    const toggle = toggleOf(feature);
    const before = (killed ? null : await this.#admin.read(toggle)) ?? OFF;
    const told = {
      enabled: enabled ?? before.enabled,
      rolloutPercentage: rolloutPercentage ?? before.rolloutPercentage,
    };
    await this.#admin.write(toggle, told, this.#splitOf(feature));
    return told;
  }

  #splitOf(feature: FeatureName): Split {
    return this.#needs.md5Rollout?.includes(feature) ? 'md5Rollout' : 'flexibleRollout';
  }

  #isKilledByEnvironment(feature: FeatureName): boolean {
    return this.#needs.killedByEnvironment?.includes(feature) ?? false;
  }

  #isForcedByEnvironment(feature: FeatureName): boolean {
    return this.#needs.forcedByEnvironment?.includes(feature) ?? false;
  }

  /** Our table as flags, and the news for those who watch. */
  #changed(): void {
    const features = FEATURE_NAMES.map((feature) => {
      const { enabled, rolloutPercentage } = this.#known.of(feature);
      const name = toggleOf(feature);
      return { name, enabled, strategies: [strategyFor(name, this.#splitOf(feature), rolloutPercentage)] };
    });
    this.#offline?.replace({ features });
    if (this.#started) this.#watchers.publish(this.list());
  }
}

const OFF: Told = { enabled: false, rolloutPercentage: 0 };

function check({ enabled, rolloutPercentage, reason }: FeatureInput): void {
  const share = rolloutPercentage ?? 0;
  new InputCheck()
    .require(
      Number.isInteger(share) && share >= 0 && share <= 100,
      'rolloutPercentage',
      `must be a whole number from 0 to 100; it is ${share}`,
    )
    .require(
      typeof enabled === 'boolean' || typeof rolloutPercentage === 'number',
      'enabled',
      'must be given, or rolloutPercentage',
    )
    .text('reason', reason, REASON_CHARACTERS)
    .done();
}

/** Unleash' clients want the address of the API; people copy the one of the page. */
const apiOf = (url: string): string => `${url.replace(/\/+$/, '').replace(/\/api$/, '')}/api`;
