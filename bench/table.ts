/** The Markdown that comes out, and its place in docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Line } from './harness.ts';

const PAGE = new URL('../docs/performance.md', import.meta.url);
const BEGIN = '<!-- figures: npm run bench -- --write -->';
const END = '<!-- end of figures -->';

export function table(lines: Line[]): string {
  const rows = lines.map(({ what, who, ratio, figure }, i) => [
    lines[i - 1]?.what === what ? '' : what,
    who,
    ratio,
    figure,
  ]);
  return [['what', 'who', 'of the floor', 'here, noisy'], ['---', '---', '--:', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Puts figures in the place of those that the page has. */
export function publish(figures: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) throw new Error('docs/performance.md has no place for figures.');
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${figures}\n\n${END}${after}`);
}
