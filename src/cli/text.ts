/** Text for terminals. What comes from data and models must not steer one. */

/** Without what a terminal would obey: control characters, except line breaks and tabs. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Columns that a line takes: two for each Chinese, Japanese or Korean character. */
export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);

export const padded = (text: string, width: number, side: 'left' | 'right' = 'right'): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'right' ? text + space : space + text;
};

/** Cells in columns, two spaces between them. */
export function columns(rows: readonly (readonly string[])[], right: readonly boolean[] = []): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => padded(cell, widths[column] ?? 0, right[column] ? 'left' : 'right'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
