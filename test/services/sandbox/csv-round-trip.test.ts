import fc from 'fast-check';
import { describe, it } from 'vitest';
import { dialectOf } from '../../../src/services/sandbox/child/dialect.ts';
import { rowsOf } from './workbench.ts';

// A letter in front keeps a text a text.
const text = fc
  .string({
    unit: fc.constantFrom('a', 'é', '漢', '😀', ' ', '"', "'", '\\', '\n', '\r\n', ',', ';', '|', '\t', '#'),
  })
  .map((rest) => `t${rest}`);
const cell = fc.option(text, { nil: null });
const style = fc.record({
  delimiter: fc.constantFrom(',', ';', '|', '\t'),
  lineEnd: fc.constantFrom('\n', '\r\n'),
  lastLineEnd: fc.boolean(),
  mark: fc.boolean(),
  quotes: fc.infiniteStream(fc.boolean()),
});
const tables = fc
  .integer({ min: 1, max: 5 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 20 }));

describe('a table written as CSV', () => {
  it('reads back the same, however it was quoted', async () => {
    await fc.assert(
      fc.asyncProperty(tables, style, async (rows, { delimiter, lineEnd, lastLineEnd, mark, quotes }) => {
        const width = rows[0]?.length ?? 1;
        const header = Array.from({ length: width }, (_, i) => `name ${i}`);
        const write = (value: string | null) => {
          if (value === null) return width === 1 ? '""' : '';
          const mustQuote = /[",;|\t\r\n]/.test(value);
          return mustQuote || quotes.next().value ? `"${value.replaceAll('"', '""')}"` : value;
        };
        const lines = [header, ...rows].map((row) => row.map(write).join(delimiter)).join(lineEnd);
        const file = `${mark ? '\ufeff' : ''}${lines}${lastLineEnd ? lineEnd : ''}`;

        const read = await rowsOf(file);
        if (JSON.stringify(read) !== JSON.stringify(rows)) {
          throw new Error(`read ${JSON.stringify(read)} with ${JSON.stringify(dialectOf(file, true))}`);
        }
      }),
      { numRuns: 150 },
    );
  });
});
