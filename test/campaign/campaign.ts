/**
 * A campaign of faults: real processes on one Postgres do thousands of jobs for hundreds of subscribers while they are
 * killed and their database goes away. In the end the database has to say what every subscriber was told: no job lost,
 * none finished twice, every sequence whole.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configured } from '../services/conversations/services.ts';
import { live } from './client.ts';
import type { CampaignDatabase } from './database.ts';
import { Entrance } from './entrance.ts';
import { breakThings } from './faults.ts';
import { Fleet } from './fleet.ts';
import { Ledger, type Violation } from './ledger.ts';
import { type Effects, startModel } from './model.ts';
import { prepare } from './places.ts';
import { Pace, type Plan } from './plan.ts';
import { type Findings, prove, settle, withEvidence } from './proof.ts';

export interface Outcome {
  plan: Plan;
  violations: Violation[];
  ledger: Ledger;
  effects: Effects;
  findings: Findings;
  kills: Record<'gateway' | 'worker', number>;
  vainStarts: number;
  seconds: number;
  /** Where the evidence is kept; null: nothing broke. */
  folder: string | null;
}

/** Violations after which going on tells nothing new. */
const ENOUGH = 20;
const START_MS = 180_000;
const SAY_EVERY_MS = 10_000;

/** @param stop Ends it early; then it throws. */
export async function runCampaign(
  plan: Plan,
  database: CampaignDatabase,
  say: (line: string) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<Outcome> {
  const began = performance.now();
  const seconds = () => Math.round((performance.now() - began) / 1_000);
  const told = (line: string) => say(`${String(seconds()).padStart(5)} s  ${line}`);
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-campaign-'));
  const ledger = new Ledger();
  const pace = new Pace(plan);
  await using model = await startModel(plan.pieceMs);

  const fleet = await Fleet.start({
    gateways: plan.gateways,
    workers: plan.workers,
    folder,
    ledger,
    signal: AbortSignal.any([stop, AbortSignal.timeout(START_MS)]),
    environment: {
      ...configured(model),
      DATABASE_URL: database.url,
      DATABASE_CONNECTIONS: '6',
      DATA_DIR: folder,
      ANALYSES_AT_ONCE: '2',
      SESSION_TTL_SECONDS: '86400',
      LOG_LEVEL: 'warn',
    },
  });
  let findings: Findings;
  try {
    told(`${fleet.members.map(({ name }) => name).join(', ')} are ready`);
    const over = new AbortController();
    const signal = AbortSignal.any([stop, over.signal]);
    const entrance = new Entrance(
      fleet.gateways.map(({ url }) => url),
      signal,
    );
    const places = await prepare(plan, entrance);
    ledger.newsAt = performance.now();
    told(`${places.length} sessions are prepared`);

    const watch = setInterval(() => {
      const hangs = performance.now() - ledger.newsAt > plan.stallMs;
      if (hangs) ledger.violate('nothing moved any more', ledger.open[0]?.id, standing(ledger));
      if (hangs || ledger.violations.length >= ENOUGH) over.abort();
    }, 1_000);
    const reports = setInterval(() => told(progress(pace, plan, ledger)), SAY_EVERY_MS);
    try {
      const clients = Array.from({ length: plan.subscribers }, (_, number) =>
        live(number, { plan, entrance, ledger, pace, places, signal }),
      );
      await Promise.all([
        breakThings({ plan, fleet, database, ledger, pace, say: told, signal }),
        ...clients,
      ]);
    } catch (error) {
      over.abort();
      stop.throwIfAborted();
      if (ledger.violations.length === 0) throw error;
    } finally {
      clearInterval(watch);
      clearInterval(reports);
    }
    told(progress(pace, plan, ledger));
    await settle(database.proofUrl);
    findings = await prove(database.proofUrl, ledger, model.effects);
    told('the database was asked');
  } finally {
    await fleet[Symbol.asyncDispose]();
    if (stop.aborted) rmSync(folder, { recursive: true, force: true });
  }

  const kills = { gateway: 0, worker: 0 };
  for (const member of fleet.members) kills[member.role] += member.kills;
  const violations = await withEvidence(database.proofUrl, ledger.violations);
  if (violations.length === 0) rmSync(folder, { recursive: true, force: true });
  else writeFileSync(join(folder, 'violations.json'), JSON.stringify(violations, null, 2));
  return {
    plan,
    violations,
    ledger,
    effects: model.effects,
    findings,
    kills,
    vainStarts: fleet.members.reduce((sum, { vainStarts }) => sum + vainStarts, 0),
    seconds: seconds(),
    folder: violations.length === 0 ? null : folder,
  };
}

const progress = (pace: Pace, plan: Plan, { open, counts, violations }: Ledger): string =>
  [
    `${pace.ended} of ${plan.jobs} jobs over, ${open.length} open`,
    `${pace.faults} of ${plan.kills + plan.restarts} faults`,
    `${counts.events} events told, ${counts.resumptions} resumptions`,
    `${violations.length} violations`,
  ].join(' · ');

const standing = ({ open }: Ledger) =>
  open.slice(0, ENOUGH).map(({ id, story }) => ({ id, newest: story.at(-1) }));
