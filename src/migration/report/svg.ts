import type { ComparisonReport } from '../verdicts/index.ts';
import { duration, percent } from './figures.ts';
import { LABELS } from './phrases.ts';

const WIDTH = 720;
const HEIGHT = 300;
const PLOT = { left: 56, right: 704, top: 44, bottom: 248 };
/** Told apart also by the colour-blind (Okabe and Ito). */
const COLOURS = { legacy: '#0072b2', candidate: '#d55e00' };
/** Reads on white and on black. */
const INK = '#808890';
const MOST_LABELS = 9;
const SERVICES = ['legacy', 'candidate'] as const;

/**
 * Both services' response times as bars, by share of each service's calls, with a dashed line at each p95. The drawing
 * needs nothing from outside, and has no blank lines, so that it can stand in Markdown. Empty where there are no calls.
 */
export function distributionSvg({ distribution, responseTime, language }: ComparisonReport): string {
  const { edgesMs } = distribution;
  if (edgesMs.length === 0) return '';
  const labels = LABELS[language];
  const shares = { legacy: sharesOf(distribution.legacy), candidate: sharesOf(distribution.candidate) };
  const highest = Math.max(...shares.legacy, ...shares.candidate);
  const bin = (PLOT.right - PLOT.left) / (edgesMs.length - 1);
  const y = (share: number) => PLOT.bottom - (share / highest) * (PLOT.bottom - PLOT.top);
  const x = (ms: number) => PLOT.left + bin * positionOf(ms, edgesMs);

  const bars = SERVICES.flatMap((service, side) =>
    shares[service].flatMap((share, i) =>
      share === 0
        ? []
        : `<rect x="${at(PLOT.left + bin * (i + 0.08 + 0.42 * side))}" y="${at(y(share))}" width="${at(0.42 * bin)}" height="${at(PLOT.bottom - y(share))}" fill="${COLOURS[service]}"/>`,
    ),
  );
  const every = Math.ceil(edgesMs.length / MOST_LABELS);
  const ticks = edgesMs.flatMap((ms, i) =>
    i % every === 0 ? text(PLOT.left + bin * i, PLOT.bottom + 18, duration(ms), 'middle') : [],
  );
  const lines = [0.5, 1].flatMap((part) => [
    `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${at(y(part * highest))}" y2="${at(y(part * highest))}" stroke="${INK}" stroke-opacity="0.3"/>`,
    text(PLOT.left - 6, y(part * highest) + 4, percent(part * highest), 'end'),
  ]);
  const p95s = SERVICES.flatMap((service) => {
    const ms = responseTime[service].p95Ms;
    if (ms === null) return [];
    const line = at(x(ms));
    return `<line x1="${line}" x2="${line}" y1="${PLOT.top}" y2="${PLOT.bottom}" stroke="${COLOURS[service]}" stroke-width="1.5" stroke-dasharray="4 3"/>`;
  });
  const legend = SERVICES.flatMap((service, i) => {
    const { p95Ms, requests } = responseTime[service];
    const words = `${labels[service]} (${requests})${p95Ms === null ? '' : `, p95 ${duration(p95Ms)}`}`;
    const left = PLOT.left + 300 * i;
    return [
      `<rect x="${left}" y="14" width="12" height="12" fill="${COLOURS[service]}"/>`,
      text(left + 18, 24, words, 'start'),
    ];
  });

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${labels.distribution}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${labels.distribution}</title>`,
    ...lines,
    ...bars,
    ...p95s,
    `<line x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" stroke="${INK}"/>`,
    ...ticks,
    ...legend,
    text(
      (PLOT.left + PLOT.right) / 2,
      HEIGHT - 10,
      `${labels.responseTime} / ${labels.shareOfCalls}`,
      'middle',
    ),
    '</svg>',
  ].join('\n');
}

const at = (value: number): string => String(Math.round(10 * value) / 10);

const text = (x: number, y: number, words: string, anchor: string): string =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" fill="${INK}">${words}</text>`;

/** Of each bin among all calls of its service. */
export function sharesOf(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all === 0 ? 0 : count / all));
}

/** In bins from the left; inside a bin by the logarithm, as the bins are. */
function positionOf(ms: number, edges: readonly number[]): number {
  const bin = Math.max(
    edges.findLastIndex((edge, i) => edge <= ms && i < edges.length - 1),
    0,
  );
  const [low, high] = [edges[bin]!, edges[bin + 1]!];
  const inside = Math.log(Math.max(ms, low) / low) / Math.log(high / low);
  return bin + Math.min(inside, 1);
}
