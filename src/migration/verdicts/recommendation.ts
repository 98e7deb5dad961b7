import { LARGER, SLOWER } from './levels.ts';
import { PHRASES } from './phrases.ts';
import type {
  ComparisonReport,
  Evidence,
  Language,
  Recommendation,
  RecommendationIssue,
  RolloutAction,
  Rule,
  Sequential,
} from './types.ts';

type Findings = Pick<ComparisonReport, 'responseTime' | 'errorRate' | 'memoryUsage' | 'evidence'>;

const isMore = (candidate: number | null, times: number, legacy: number | null) =>
  candidate !== null && legacy !== null && candidate > legacy * times;

/**
 * The three rules on point estimates: what they find makes a service NOT_READY. Beside each stands how sure it is, and
 * only that decides about traffic: back on what is confirmed, on only where nothing speaks against it. A split
 * that is not sound holds everything, because the evidence rests on it.
 */
export function recommend(findings: Findings, language: Language): Recommendation {
  const { responseTime, errorRate, memoryUsage, evidence } = findings;
  const phrases = PHRASES[language];
  const issues: RecommendationIssue[] = [];
  const check = (rule: Rule, broken: boolean, sure: Evidence) => {
    if (broken || sure === 'CONFIRMED') issues.push({ rule, message: phrases.rules[rule], evidence: sure });
  };

  const slower = isMore(responseTime.candidate.p95Ms, SLOWER, responseTime.legacy.p95Ms);
  check('RESPONSE_TIME', slower, evidence.responseTime.evidence);
  check('ERROR_RATE', isMore(errorRate.candidate, 1, errorRate.legacy), evidence.errors.evidence);
  const larger = isMore(memoryUsage.candidateBytes, LARGER, memoryUsage.legacyBytes);
  check('MEMORY_USAGE', larger, evidence.memory?.evidence ?? 'INSUFFICIENT_DATA');
  // Not one of the three: it counts where it is sure.
  check('TIME_TO_FIRST_TEXT', false, evidence.firstText?.evidence ?? 'INSUFFICIENT_DATA');

  const action = decide(issues, evidence);
  if (!evidence.enoughData) check('SAMPLE_SIZE', true, 'INSUFFICIENT_DATA');
  if (!evidence.split.sound) check('TRAFFIC_SPLIT', true, 'CONFIRMED');
  const ready = issues.length === 0;
  return {
    status: ready ? 'READY' : 'NOT_READY',
    action,
    message: ready ? phrases.ready : phrases.notReady,
    issues,
    reasons: reasonsFor(action, issues, evidence, language),
  };
}

function decide(
  issues: readonly RecommendationIssue[],
  { split, enoughData, responseTime, memory }: ComparisonReport['evidence'],
): RolloutAction {
  if (!split.sound) return 'HOLD';
  if (issues.some((issue) => issue.evidence === 'CONFIRMED')) return 'ROLLBACK';
  const passes =
    issues.length === 0 &&
    enoughData &&
    responseTime.evidence === 'CLEARED' &&
    memory?.evidence !== 'INSUFFICIENT_DATA';
  return passes ? 'PROMOTE' : 'HOLD';
}

function reasonsFor(
  action: RolloutAction,
  issues: readonly RecommendationIssue[],
  evidence: ComparisonReport['evidence'],
  language: Language,
): string[] {
  const phrases = PHRASES[language];
  if (action === 'PROMOTE') return [phrases.promote];
  if (action === 'ROLLBACK')
    return issues.flatMap(({ message, evidence }) =>
      evidence === 'CONFIRMED' ? phrases.confirmed(message) : [],
    );

  const reasons: string[] = [];
  if (!evidence.split.sound) reasons.push(phrases.unsound(evidence.split));
  for (const service of ['legacy', 'candidate'] as const) {
    const lack = evidence.missing[service];
    if (lack.requests > 0 || lack.sessions > 0) reasons.push(phrases.lacking(service, lack));
  }
  for (const { rule, message, evidence: sure } of issues)
    if (rule !== 'SAMPLE_SIZE' && rule !== 'TRAFFIC_SPLIT')
      reasons.push(
        sure === 'CONFIRMED'
          ? phrases.confirmed(message)
          : phrases.unconfirmed(message, processOf(rule, evidence)),
      );
  if (evidence.enoughData && evidence.responseTime.evidence === 'UNCONFIRMED')
    reasons.push(phrases.notCleared(evidence.responseTime.clearance));
  if (evidence.memory?.evidence === 'INSUFFICIENT_DATA') reasons.push(phrases.noMemoryYet);
  return reasons;
}

function processOf(rule: Rule, evidence: ComparisonReport['evidence']): Sequential | null {
  if (rule === 'RESPONSE_TIME') return evidence.responseTime;
  return rule === 'ERROR_RATE' ? evidence.errors : null;
}
