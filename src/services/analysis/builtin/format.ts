/** Figures for people. The tables keep every digit; prose rounds. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `1234.567` → "1,234.6": about four significant digits, whole numbers in full. */
export function figure(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return grouped.format(BigInt(value));
  const number = Number(value);
  if (typeof value === 'boolean' || !Number.isFinite(number)) return String(value);
  if (Number.isInteger(number))
    return Math.abs(number) < 1e15 ? grouped.format(number) : number.toExponential(4);
  const size = Math.abs(number);
  if (size >= 1e15 || size < 1e-6) return number.toExponential(3);
  const digits = size >= 1000 ? 1 : size >= 1 ? 2 : Math.min(8, 3 - Math.floor(Math.log10(size)) - 1);
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(number);
}

export const percent = (value: unknown): string =>
  value === null || value === undefined
    ? '–'
    : `${new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 }).format(Number(value))} %`;

/** A figure with the unit that its column's heading names. */
export function withUnit(value: unknown, unit: string | undefined): string {
  const text = figure(value);
  if (!unit || text === '–') return text;
  if (/^[$€£¥￥₩]$/.test(unit)) return text.startsWith('-') ? `-${unit}${text.slice(1)}` : `${unit}${text}`;
  return /^[円%％]$/.test(unit) ? `${text}${unit === '円' ? '' : ' '}${unit}` : `${text} ${unit}`;
}

/** Text that stays text inside Markdown: no table cells, emphasis, links or HTML of its own. */
export const escaped = (value: unknown): string =>
  String(value ?? '–')
    .slice(0, 200)
    .replace(/[\\`*_[\]<>|#~]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`))
    .replace(/\s+/g, ' ');

export function markdownTable(headings: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings.map(escaped)), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}
