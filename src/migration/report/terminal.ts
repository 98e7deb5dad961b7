import type { ComparisonReport } from '../verdicts/index.ts';
import { pad, textHistogram } from './histogram.ts';
import { measuresOf, remarksOn } from './measures.ts';
import { LABELS } from './phrases.ts';

/** The same report for a terminal, without colours: 100 columns are enough. */
export function reportText(report: ComparisonReport): string {
  const { feature, since, until, recommendation, language } = report;
  const labels = LABELS[language];
  const { status, action, message, issues, reasons } = recommendation;
  const histogram = textHistogram(report);
  const rows = [['', labels.legacy, labels.candidate, labels.improvement], ...measuresOf(report)];
  const blocks = [
    [
      `${labels.title}: ${feature}`,
      `${labels.period}: ${since.toISOString()} – ${until.toISOString()}`,
      `${labels.readiness[status]}: ${message}`,
      ...issues.map(({ message, evidence }) => `  ! ${message} (${labels.evidences[evidence]})`),
      labels.actions[action],
      ...reasons.map((reason) => `  - ${reason}`),
    ],
    rows.map(([name = '', ...cells]) =>
      (pad(name, 26) + cells.map((cell) => pad(cell, 14)).join('')).trimEnd(),
    ),
    histogram ? [labels.distribution, histogram] : [],
    remarksOn(report),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}
