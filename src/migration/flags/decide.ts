import type { FeatureName } from '../../services/chat/types.ts';
import { percentageOf, toggleOf } from './toggles.ts';
import type { Decision, Kill } from './types.ts';
import type { Evaluation } from './unleash.ts';

interface Grounds {
  killedByEnvironment: boolean;
  forcedByEnvironment: boolean;
  kill: Kill | null;
  evaluation: Evaluation;
}

/** Which service a session gets. Whatever is not known means the legacy one. */
export function decide(feature: FeatureName, sessionId: string, grounds: Grounds): Decision {
  const { killedByEnvironment, forcedByEnvironment, kill, evaluation } = grounds;
  if (killedByEnvironment)
    return {
      version: 'LEGACY',
      source: 'ENVIRONMENT',
      reason: `USE_NEW_${feature}=false holds ${feature} off in this process.`,
    };
  if (kill)
    return {
      version: 'LEGACY',
      source: 'LOCAL',
      reason: `${feature} was rolled back at ${kill.at.toISOString()} by ${kill.by}: ${kill.reason}`,
    };

  if (forcedByEnvironment)
    return {
      version: 'NEW',
      source: 'ENVIRONMENT',
      reason: `USE_NEW_${feature}=true turns ${feature} on for all sessions of this process.`,
    };

  const { source } = evaluation;
  const name = toggleOf(feature);
  const legacy = (reason: string): Decision => ({ version: 'LEGACY', source, reason });
  if (!evaluation.answered) return legacy('Unleash has not answered yet.');
  const toggle = evaluation.toggle(name);
  if (!toggle) return legacy(`Unleash has no flag named ${name}.`);
  if (!toggle.enabled) return legacy(`${feature} is off.`);

  const percentage = percentageOf(toggle);
  const isOn = evaluation.isOn(name, sessionId);
  const share = `the ${percentage} % of sessions that get the new service`;
  if (!isOn) return legacy(`The session is not among ${share}.`);
  const reason =
    percentage === 100
      ? `${feature} is on for all sessions.`
      : evaluation.isInShare(name, sessionId)
        ? `The session is among ${share}.`
        : `A rule of the flag ${name} picks the session out.`;
  return { version: 'NEW', source, reason };
}
