import type { ComparisonReport } from '../verdicts/index.ts';
import { scientific } from './figures.ts';
import { measuresOf, remarksOn } from './measures.ts';
import { LABELS } from './phrases.ts';
import { distributionSvg } from './svg.ts';

/** A report to read, in its language: GitHub's Markdown, with the distribution drawn in it as an SVG. */
export function reportMarkdown(report: ComparisonReport): string {
  const { feature, since, until, recommendation, evidence, language } = report;
  const labels = LABELS[language];
  const { status, action, message, issues, reasons } = recommendation;

  const processes = [
    ['RESPONSE_TIME', evidence.responseTime] as const,
    ['ERROR_RATE', evidence.errors] as const,
    ...(evidence.firstText ? [['TIME_TO_FIRST_TEXT', evidence.firstText] as const] : []),
  ].map(([rule, { eValue, peak, threshold, evidence: sure }]) => [
    labels.rules[rule],
    scientific(eValue),
    scientific(peak),
    scientific(threshold),
    labels.evidences[sure],
  ]);
  const problems = issues.map(({ rule, message, evidence: sure }) => [
    labels.rules[rule],
    message,
    labels.evidences[sure],
  ]);
  const drawing = distributionSvg(report);

  const paragraphs = [
    `# ${labels.title}: ${feature}`,
    `${labels.period}: ${since.toISOString()} – ${until.toISOString()}`,
    `**${labels.readiness[status]}**: ${message}`,
    ...(problems.length > 0 ? [table([labels.rule, labels.problem, labels.sureness], problems, 'lll')] : []),
    `**${labels.action}**: ${labels.actions[action]}`,
    list(reasons),
    `## ${labels.figures}`,
    table([labels.measure, labels.legacy, labels.candidate, labels.improvement], measuresOf(report), 'lrrr'),
    ...(drawing ? [`## ${labels.distribution}`, drawing] : []),
    `## ${labels.evidence}`,
    table([labels.rule, labels.eValue, labels.peak, labels.threshold, labels.sureness], processes, 'lrrrl'),
    list(remarksOn(report)),
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

const list = (sentences: readonly string[]): string =>
  sentences.map((sentence) => `- ${sentence}`).join('\n');

/** @param aligned For each column, l or r. */
function table(head: readonly string[], rows: readonly (readonly string[])[], aligned: string): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [
    line(head),
    `|${[...aligned].map((side) => (side === 'r' ? ' --: ' : ' :-- ')).join('|')}|`,
    ...rows.map(line),
  ].join('\n');
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
