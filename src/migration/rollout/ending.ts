import type { Look } from '../measuring/index.ts';

/** What keeps a rollout from ending; said again only where the key has changed. */
export interface Ending {
  key: string;
  text: string;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/**
 * What speaks against ending a rollout at 100 %, where the legacy service has no calls any more: its errors are compared
 * with those of the steps before, and everything else with the whole rollout.
 *
 * @returns Null where nothing does.
 */
export function againstEnding({ whole, step, alone }: Look): Ending | null {
  const { issues } = whole.recommendation;
  // That the legacy service lacks calls at 100 % is as it must be.
  const broken = issues.filter(({ rule }) => rule !== 'ERROR_RATE' && rule !== 'SAMPLE_SIZE');
  const errors = alone ? errorsOf(alone) : unmeasured(step.errorRate.candidate, whole.errorRate.legacy);
  if (broken.length === 0 && !errors) return null;
  return {
    key: `last ${broken.map(({ rule }) => rule)} ${errors !== null}`,
    text: [...broken.map(({ message }) => message), ...(errors ? [errors] : [])].join(' '),
  };
}

/** That one rate is a little above the other says nothing; above what the legacy one may be, it does. */
function errorsOf({ legacy, candidate, limit }: NonNullable<Look['alone']>): string | null {
  const now = candidate.failed / candidate.sessions;
  if (now <= limit) return null;
  const before = percent(legacy.failed / legacy.sessions);
  return `The first call failed in ${percent(now)} of the sessions, in ${before} with the legacy service before.`;
}

/** Too few sessions to judge by, of one of them: the rule alone, and no legacy calls are none that failed. */
function unmeasured(candidate: number | null, legacy: number | null): string | null {
  if (candidate === null || candidate <= (legacy ?? 0)) return null;
  const before =
    legacy === null ? 'no legacy calls to compare with' : `${percent(legacy)} with the legacy service`;
  return `${percent(candidate)} of the calls failed at 100 %; there were ${before}.`;
}
