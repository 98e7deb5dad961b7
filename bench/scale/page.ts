/** docs/scale.md, whose tables are made here. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Measured } from './costs.ts';
import { commitsTable, costsTable, gridTable, kneeTable, realityTable } from './tables.ts';

const PAGE = new URL('../../docs/scale.md', import.meta.url);
const tables = {
  costs: costsTable,
  commits: commitsTable,
  reality: realityTable,
  grid: gridTable,
  knee: kneeTable,
};

export const readPage = (): string => readFileSync(PAGE, 'utf8');

/** The page with its tables as they follow from what was measured. */
export function filled(page: string, measured: Measured): string {
  let text = page;
  for (const [name, make] of Object.entries(tables)) {
    const [before, rest] = text.split(`<!-- ${name}: npm run scale -- --write -->`);
    const after = rest?.split(`<!-- end of ${name} -->`)[1];
    if (after === undefined) throw new Error(`docs/scale.md has no place for ${name}.`);
    text = `${before}<!-- ${name}: npm run scale -- --write -->\n\n${make(measured)}\n\n<!-- end of ${name} -->${after}`;
  }
  return text;
}

export const publish = (measured: Measured): void => writeFileSync(PAGE, filled(readPage(), measured));
