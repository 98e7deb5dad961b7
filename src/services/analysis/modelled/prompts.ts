import { readFileSync } from 'node:fs';
import type { Execution } from '../../sandbox/index.ts';
import type { Plan, Question } from '../analyst.ts';

const LANGUAGES = { en: 'English', ja: 'Japanese' } as const;

/** Columns that are described to a model; a table with more says how many are left out. */
const MOST_COLUMNS = 200;
const LONGEST_EXAMPLE = 80;
/** Characters of what a program gave that a model gets to read. */
const LONGEST_OUTPUT = 20_000;
const MOST_ROWS = 50;

type Name = 'plan' | 'code' | 'repair' | 'report';

const templates = new Map<Name, string>();

/** A prompt of the folder `prompts`, with its `{{names}}` filled in. */
export function prompt(name: Name, values: Record<string, string>): string {
  const template =
    templates.get(name) ?? readFileSync(new URL(`./prompts/${name}.md`, import.meta.url), 'utf8');
  templates.set(name, template);
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? '');
}

export const languageName = ({ language }: Question): string => LANGUAGES[language];

/** The request and what is known of the data, as a model reads it. */
export function describeQuestion({ message, dataset }: Question): string {
  if (!dataset) return `Request:\n${message}\n\nThere is no file.`;
  const { rowCount, columns } = dataset.profile;
  const described = columns.slice(0, MOST_COLUMNS).map((column) =>
    JSON.stringify({
      ...column,
      examples: column.examples.map((example) => example.slice(0, LONGEST_EXAMPLE)),
    }),
  );
  const leftOut = columns.length - described.length;
  return [
    `Request:\n${message}`,
    `The file ${JSON.stringify(dataset.name)} has ${rowCount} rows. Its columns:`,
    ...described,
    ...(leftOut > 0 ? [`… and ${leftOut} more columns.`] : []),
  ].join('\n');
}

export const describePlan = ({ summary, steps }: Plan): string =>
  `Plan:\n${summary}\n${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}`;

/** What a program gave, cut to what a model can use. */
export function describeExecution({ output, tables, charts }: Execution): string {
  const shown = tables.map(({ title, columns, rows, truncated }) =>
    JSON.stringify({
      table: title,
      columns,
      rows: rows.slice(0, MOST_ROWS),
      ...((truncated || rows.length > MOST_ROWS) && { note: `the first ${MOST_ROWS} of more rows` }),
    }),
  );
  return [
    `Output:\n${output || '(nothing)'}`,
    'Tables:',
    ...shown,
    `Charts: ${charts.map(({ title }) => title).join('; ') || 'none'}`,
  ]
    .join('\n')
    .slice(0, LONGEST_OUTPUT);
}
