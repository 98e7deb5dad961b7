import type { ComparisonReport } from '../verdicts/index.ts';
import { duration, percent } from './figures.ts';
import { LABELS } from './phrases.ts';
import { sharesOf } from './svg.ts';

const BAR = 24;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** East Asian characters take two columns of a terminal. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu;

/** Both services' response times as two columns of bars, for a terminal. Empty where there are no calls. */
export function textHistogram({ distribution, responseTime, language }: ComparisonReport): string {
  const { edgesMs } = distribution;
  if (edgesMs.length === 0) return '';
  const labels = LABELS[language];
  const [legacy, candidate] = [sharesOf(distribution.legacy), sharesOf(distribution.candidate)];
  const highest = Math.max(...legacy, ...candidate);
  const cell = (share: number) =>
    `│${pad(bar(share / highest), BAR)} ${share === 0 ? pad('', 7) : percent(share).padStart(7)}`;
  const names = edgesMs.slice(1).map((edge, i) => `${duration(edgesMs[i]!)} – ${duration(edge)}`);
  const width = Math.max(...names.map((name) => name.length));
  const head = (['legacy', 'candidate'] as const).map((service) =>
    pad(` ${labels[service]} (${responseTime[service].requests})`, BAR + 9),
  );
  return [
    `${pad('', width)} ${head.join('').trimEnd()}`,
    ...names.map((name, i) => `${name.padStart(width)} ${cell(legacy[i]!)}${cell(candidate[i]!)}`.trimEnd()),
  ].join('\n');
}

/** As wide as `part` of a full bar; what is there at all is seen. */
function bar(part: number): string {
  if (part === 0) return '';
  const eighths = Math.max(Math.round(8 * BAR * part), 1);
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
}

/** Fills a text up to so many columns. */
export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(columns - widthOf(text), 0));

const widthOf = (text: string): number => text.length + (text.match(WIDE)?.length ?? 0);
