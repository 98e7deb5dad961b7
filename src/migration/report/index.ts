/**
 * Report: a comparison for people, as Markdown or in a terminal, and for programs, as JSON.
 * It knows verdicts, and decides nothing.
 */
import type { ComparisonReport } from '../verdicts/index.ts';

export { reportMarkdown } from './markdown.ts';
export { distributionSvg } from './svg.ts';
export { reportText } from './terminal.ts';

/** The whole report with its evidence; times are ISO 8601 in UTC, durations milliseconds. */
export const reportJson = (report: ComparisonReport): string => `${JSON.stringify(report, null, 2)}\n`;
