import { type ComparisonReport, type Language, reportMarkdown, reportText } from '../migration/index.ts';
import type { FeatureName } from '../services/index.ts';
import type { Context } from './context.ts';

interface ReportArgs {
  feature: FeatureName;
  since?: Date | null | undefined;
  until?: Date | null | undefined;
  language: Language;
}

export const comparisonReport = (
  _: unknown,
  { feature, ...period }: ReportArgs,
  { reports, signal }: Context,
) => reports.compare(feature, period, signal);

export const details = (report: ComparisonReport) => report;

export const markdown = (report: ComparisonReport) => reportMarkdown(report);

export const text = (report: ComparisonReport) => reportText(report);
