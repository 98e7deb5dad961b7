import type { Execution, ResultTable } from '../../sandbox/types.ts';
import { labelOf, rowsOf, titled, unitOf } from './answers/index.ts';
import { escaped, figure, markdownTable, percent, withUnit } from './format.ts';
import type { Intent, Metric } from './intent.ts';
import { type Language, labels } from './phrases.ts';
import type { Answer } from './sections.ts';

/** Rows of a table that the report shows; the rest stays in the table. */
const MOST_ROWS = 15;

/** The tables worth reading, and the names of the charts. */
export function* exhibits(
  { intent, sections }: Answer,
  execution: Execution,
  language: Language,
): Generator<string> {
  for (const { query, isHidden, isDrawn, charts } of sections) {
    const table = isHidden || isDrawn ? undefined : titled(execution, query.title);
    const isTelling =
      table &&
      table.rows.length > 0 &&
      !(table.rows.length === 1 && query.columns.length <= 3) &&
      query.title !== labels[language].covered;
    if (isTelling) yield tableOf(table, query.columns, intent, language);
    const drawn = charts.filter((chart) => execution.charts.some(({ title }) => title === chart.title));
    if (drawn.length > 0) {
      yield drawn
        .map(({ title }) => (language === 'ja' ? `図：*${escaped(title)}*` : `Chart: *${escaped(title)}*`))
        .join('\n\n');
    }
  }
}

function tableOf(table: ResultTable, headings: string[], intent: Intent, language: Language): string {
  const rows = rowsOf(table, headings);
  const l = labels[language];
  const labelled = labelCount(intent);
  const units = metricsOf(intent).map(unitOf);
  const cell = (value: unknown, i: number) => {
    if (i < labelled)
      return value === null
        ? '–'
        : intent.kind === 'groups' && intent.by[i]
          ? labelOf(value, intent.by[i], language)
          : escaped(value);
    if (headings[i] === l.share || headings[i] === l.missingShare) return percent(value);
    if (intent.kind === 'extremes')
      return i === 0
        ? withUnit(value, intent.column.unit)
        : typeof value === 'number'
          ? String(value)
          : escaped(value);
    if (headings[i] === l.r) return value === null ? '–' : Number(value).toFixed(3);
    return typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(String(value))
      ? withUnit(value, units[i - labelled])
      : escaped(value);
  };
  const shown = rows.slice(0, MOST_ROWS).map((row) => headings.map((_, i) => cell(row(i), i)));
  const more = rows.length - shown.length;
  const rest =
    more > 0
      ? language === 'ja'
        ? `\n\nほか${figure(more)}行は表「${escaped(table.title)}」にあります${table.truncated ? '（表も途中までです）' : ''}。`
        : `\n\n${figure(more)} more rows are in the table “${escaped(table.title)}”${table.truncated ? ', which itself is cut off' : ''}.`
      : '';
  return `${markdownTable(headings, shown)}${rest}`;
}

/** How many headings at the front are labels rather than figures. */
function labelCount(intent: Intent): number {
  switch (intent.kind) {
    case 'groups':
      return intent.by.length;
    case 'trend':
      return intent.series ? 2 : 1;
    case 'fraction':
      return intent.by ? 1 : 0;
    case 'quality':
    case 'correlation':
      return intent.kind === 'correlation' && intent.by ? 3 : 2;
    case 'spread':
      return 1;
    default:
      return 0;
  }
}

const metricsOf = (intent: Intent): Metric[] => ('metrics' in intent ? intent.metrics : []);
