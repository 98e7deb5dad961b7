import type { Ask } from './asking.ts';
import type { Leaving } from './following.ts';
import {
  AddMigrationTaskDocument,
  type AddMigrationTaskInput,
  ChangeMigrationTaskDocument,
  type ChangeMigrationTaskInput,
  ComparisonReportDocument,
  FeatureHistoryDocument,
  type FeatureName,
  FeaturesDocument,
  GoldenRunDocument,
  GoldenSuiteFileDocument,
  GoldenSuitesDocument,
  GoldenTestFileDocument,
  ImportGoldenDocument,
  MigrationStatusDocument,
  RecordGoldenDocument,
  type RecordGoldenInput,
  type ReportLanguage,
  RollbackDocument,
  type RollbackInput,
  RolloutDocument,
  RoutingDocument,
  SetFeatureDocument,
  type SetFeatureInput,
  ShadowComparisonsDocument,
  ShadowTestDocument,
  type ShadowTestInput,
  StartRolloutDocument,
  type StartRolloutInput,
  VerifyGoldenDocument,
  type VerifyGoldenInput,
} from './generated/graphql.ts';
import type { Waiting } from './http.ts';
import {
  type ChangedFeature,
  featureChanges,
  type NewComparison,
  newComparisons,
} from './migration-changes.ts';
import { leavable } from './resuming.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Both services have a minute each, and may wait as long for their turn. */
const SHADOW_TIMEOUT_MS = 180_000;
/** The gateway gives a recording five minutes. */
const RECORD_TIMEOUT_MS = 330_000;

/** What operators do: move traffic from the legacy services to the new ones, watch it, and go back. */
export class Migration {
  readonly #ask: Ask;
  readonly #subscriptions: Subscriptions;

  constructor(ask: Ask, subscriptions: Subscriptions) {
    this.#ask = ask;
    this.#subscriptions = subscriptions;
  }

  async features(waiting?: Waiting) {
    return (await this.#ask(FeaturesDocument, {}, waiting)).features;
  }

  /** What was changed through the gateway, newest first. */
  async history(feature: FeatureName, first = 20, waiting?: Waiting) {
    return (await this.#ask(FeatureHistoryDocument, { feature, first }, waiting)).featureHistory;
  }

  /**
   * Features as they change, by whichever gateway or on the flag server, newest state only; also those that changed
   * while the connection was lost.
   */
  featureChanges({ signal: outer }: Leaving = {}): AsyncIterableIterator<ChangedFeature, void> {
    return leavable((signal) => featureChanges(this.#ask, this.#subscriptions, signal), outer);
  }

  /** Which service a session would get now, and why. */
  async routing(feature: FeatureName, sessionId: string, waiting?: Waiting) {
    return (await this.#ask(RoutingDocument, { feature, sessionId }, waiting)).routing;
  }

  async setFeature(input: SetFeatureInput, waiting?: Waiting) {
    return (await this.#ask(SetFeatureDocument, { input }, waiting)).setFeature;
  }

  /** Back to the legacy services: of one feature, or of all. */
  async rollback(input: RollbackInput, waiting?: Waiting) {
    return (await this.#ask(RollbackDocument, { input }, waiting)).rollback;
  }

  /** Runs both services on a message that is not sent. */
  async shadowTest(input: ShadowTestInput, waiting?: Waiting) {
    const { shadowTest } = await this.#ask(
      ShadowTestDocument,
      { input },
      { timeoutMs: SHADOW_TIMEOUT_MS, ...waiting },
    );
    return shadowTest;
  }

  /** A page of the comparisons in the caller's sessions, the newest first. */
  async shadowComparisons(
    filter: { feature?: FeatureName; differingOnly?: boolean } = {},
    page: { first?: number; after?: string } = {},
    waiting?: Waiting,
  ) {
    const { feature = null, differingOnly = false } = filter;
    const { first = 20, after = null } = page;
    const variables = { feature, differingOnly, first, after };
    return (await this.#ask(ShadowComparisonsDocument, variables, waiting)).shadowComparisons;
  }

  /**
   * Comparisons in the caller's sessions as they are made, each once; after a lost connection first those that were
   * made meanwhile, the newest 1,000 of them at most.
   */
  newComparisons(
    filter: { feature?: FeatureName } = {},
    { signal: outer }: Leaving = {},
  ): AsyncIterableIterator<NewComparison, void> {
    const { feature = null } = filter;
    return leavable((signal) => newComparisons(this.#ask, this.#subscriptions, feature, signal), outer);
  }

  /** @param period Of the calls compared; the last day unless told otherwise. */
  async report(
    feature: FeatureName,
    period: { since?: string; until?: string; language?: ReportLanguage } = {},
    waiting?: Waiting,
  ) {
    const { since = null, until = null, language = 'EN' } = period;
    const variables = { feature, since, until, language };
    return (await this.#ask(ComparisonReportDocument, variables, waiting)).comparisonReport;
  }

  /** Raises a feature's share step by step; follow the job to see each decision. */
  async startRollout(input: StartRolloutInput, waiting?: Waiting) {
    return (await this.#ask(StartRolloutDocument, { input }, waiting)).startRollout;
  }

  /** A rollout; null where the id is of nothing, or of another kind of job. */
  async rollout(id: string, waiting?: Waiting) {
    const { job } = await this.#ask(RolloutDocument, { id }, waiting);
    return job?.__typename === 'RolloutJob' ? job : null;
  }

  async goldenSuites(waiting?: Waiting) {
    return (await this.#ask(GoldenSuitesDocument, {}, waiting)).goldenSuites;
  }

  /** A suite as the text of a file; null where it is not there. */
  async goldenSuiteFile(name: string, waiting?: Waiting) {
    return (await this.#ask(GoldenSuiteFileDocument, { name }, waiting)).goldenSuiteFile;
  }

  /** A test of a suite's file, for `node --test`; null where the suite is not there. */
  async goldenTestFile(name: string, suiteFile: string, waiting?: Waiting) {
    return (await this.#ask(GoldenTestFileDocument, { name, suiteFile }, waiting)).goldenTestFile;
  }

  /** Has conversations with a service and keeps what it answered. */
  async recordGolden(input: RecordGoldenInput, waiting?: Waiting) {
    const { recordGolden } = await this.#ask(
      RecordGoldenDocument,
      { input },
      { timeoutMs: RECORD_TIMEOUT_MS, ...waiting },
    );
    return recordGolden;
  }

  /** Keeps the suite of a file. */
  async importGolden(file: string, waiting?: Waiting) {
    return (await this.#ask(ImportGoldenDocument, { file }, waiting)).importGolden;
  }

  /** Replays a suite; follow the job, and ask for `goldenRun` when it is over. */
  async verifyGolden(input: VerifyGoldenInput, waiting?: Waiting) {
    return (await this.#ask(VerifyGoldenDocument, { input }, waiting)).verifyGolden;
  }

  /** A run with its regressions; null where the id is of nothing, or of another kind of job. */
  async goldenRun(id: string, waiting?: Waiting) {
    const { job } = await this.#ask(GoldenRunDocument, { id }, waiting);
    return job?.__typename === 'GoldenRunJob' ? job : null;
  }

  /** The tasks, and how far they are. */
  async status(waiting?: Waiting) {
    return (await this.#ask(MigrationStatusDocument, {}, waiting)).migrationStatus;
  }

  async addTask(input: AddMigrationTaskInput, waiting?: Waiting) {
    return (await this.#ask(AddMigrationTaskDocument, { input }, waiting)).addMigrationTask;
  }

  async changeTask(input: ChangeMigrationTaskInput, waiting?: Waiting) {
    return (await this.#ask(ChangeMigrationTaskDocument, { input }, waiting)).changeMigrationTask;
  }
}
