import { setTimeout as delay } from 'node:timers/promises';
import type { CampaignDatabase } from './database.ts';
import type { Fleet } from './fleet.ts';
import type { Ledger } from './ledger.ts';
import type { Pace, Plan } from './plan.ts';
import { Random } from './random.ts';

/** How often any process may be killed, also one that has not finished starting; else one of those that are ready. */
const UNREADY = 0.1;
const LOOK_MS = 50;

interface Needs {
  plan: Plan;
  fleet: Fleet;
  database: CampaignDatabase;
  ledger: Ledger;
  pace: Pace;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** Does all the harm that is planned, in a random order; processes die also while Postgres is away. */
export async function breakThings({
  plan,
  fleet,
  database,
  ledger,
  pace,
  say,
  signal,
}: Needs): Promise<void> {
  const random = new Random(plan.seed, 'faults');
  let coming: Promise<void> = Promise.resolve();
  let kills = 0;

  const kill = async () => {
    // The first ones in turn, so that a short campaign has both.
    const wanted = (['gateway', 'worker'] as const)[kills];
    const any = random.chance(UNREADY);
    kills += 1;
    for (;;) {
      const candidates = fleet.members.filter(
        ({ role, isReady }) => (any || isReady) && role === (wanted ?? role),
      );
      if (candidates.length > 0) return random.pick(candidates).kill();
      await delay(LOOK_MS, undefined, { signal });
    }
  };
  const restart = async () => {
    await coming;
    const how = random.pick(['crash', 'shutdown'] as const);
    const awayMs = random.pick(plan.awayMs);
    coming = database.restart(how, awayMs).then((what) => say(`${what}, and was away for ${awayMs} ms`));
    coming.catch((error: unknown) => ledger.violate('Postgres did not come back', undefined, String(error)));
  };

  for (const fault of order(plan, random)) {
    while (!pace.mayBreak) await delay(100, undefined, { signal });
    await delay(random.around(plan.gapMs), undefined, { signal });
    await (fault === 'kill' ? kill() : restart());
    pace.faults += 1;
    ledger.newsAt = performance.now();
  }
  await coming;
}

/** Restarts are spread over the whole, each somewhere in its part of it. */
function order({ kills, restarts }: Plan, random: Random): ('kill' | 'restart')[] {
  const faults = Array<'kill' | 'restart'>(kills).fill('kill');
  for (let part = restarts - 1; part >= 0; part -= 1)
    faults.splice(Math.floor(((part + random.next()) * kills) / restarts), 0, 'restart');
  return faults;
}
