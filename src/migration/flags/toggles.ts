import type { FeatureName } from '../../services/chat/types.ts';
import type { Split } from './types.ts';

/** A feature flag in Unleash' own words, as far as we read it. */
export interface Toggle {
  name: string;
  enabled: boolean;
  strategies?: readonly Strategy[] | undefined;
}

export interface Strategy {
  name: string;
  parameters?: Readonly<Record<string, unknown>> | undefined;
  constraints?: readonly unknown[] | undefined;
  segments?: readonly unknown[] | undefined;
  disabled?: boolean | null | undefined;
}

/** What a feature is called in Unleash; the legacy system's word. */
export const toggleOf = (feature: FeatureName): string => `use_new_${feature.toLowerCase()}`;

/**
 * A share of all sessions. The group is the toggle itself: each feature divides the sessions anew, and the same
 * feature always in the same way, here and on a server.
 */
export function strategyFor(toggle: string, split: Split, percentage: number) {
  const parameters: Record<string, string> =
    split === 'md5Rollout'
      ? { percentage: String(percentage) }
      : { rollout: String(percentage), stickiness: 'sessionId', groupId: toggle };
  return { name: split, parameters, constraints: [] };
}

/** Strategies that divide all sessions; every other kind, and those with constraints, pick out somebody's own. */
const GENERAL = [
  'default',
  'flexibleRollout',
  'md5Rollout',
  'gradualRolloutSessionId',
  'gradualRolloutUserId',
  'gradualRolloutRandom',
];

export const isGeneral = ({ name, constraints = [], segments = [] }: Strategy): boolean =>
  GENERAL.includes(name) && constraints.length === 0 && segments.length === 0;

/**
 * The share of all sessions that a toggle lets in while it is enabled: 0 to 100, whole. Those whom a rule picks out by
 * name are not counted.
 */
export function percentageOf({ strategies = [] }: Pick<Toggle, 'strategies'>): number {
  if (strategies.length === 0) return 100;
  return Math.max(0, ...strategies.filter((it) => isGeneral(it) && !it.disabled).map(shareOf));
}

function shareOf({ name, parameters = {} }: Strategy): number {
  if (name === 'default') return 100;
  const percentage = Number(parameters.rollout ?? parameters.percentage);
  // The server takes anything for a percentage.
  return Number.isFinite(percentage) ? Math.round(Math.min(100, Math.max(0, percentage))) : 0;
}
