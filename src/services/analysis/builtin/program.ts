import type { ChartPlan } from './charts.ts';
import type { Column } from './columns.ts';
import type { Lookup } from './filters.ts';
import { type Language, labels } from './phrases.ts';
import { comment, literal, template } from './quoting.ts';
import type { Work } from './sections.ts';
import { ASKED, COMPARED, type Query } from './sql.ts';

/** Writes the JavaScript that carries the work out. */
export function programFor(works: Work[], columns: Column[], language: Language): string {
  const parts: string[] = [];
  const needsLookUp = works.some(({ task }) => task.lookups.length > 0);
  if (needsLookUp) parts.push(lookUpFunction(columns, language));
  for (const [i, work] of works.entries())
    parts.push(...partsOf(work, works.length > 1 ? String(i + 1) : '', language));
  return `${parts.join('\n\n')}\n`;
}

function partsOf({ task, answers, rowsUsed }: Work, suffix: string, language: Language): string[] {
  const parts: string[] = [];
  const insert = (text: string) =>
    template(text).replaceAll(ASKED, `\${asked${suffix}}`).replaceAll(COMPARED, `\${compared${suffix}}`);
  const query = ({ sql }: Query) => `sql(\`\n${indent(insert(sql))}\n\`)`;
  if (task.lookups.length > 0) {
    const wanted = task.lookups.map(wordOf).join(',\n  ');
    const isCompared = answers.some(
      ({ intent }) => intent.kind === 'groups' && intent.by.some(({ kind }) => kind === 'found'),
    );
    parts.push(
      `// ${note(language).lookUp}\nconst { condition: asked${suffix}${isCompared ? `, column: compared${suffix}` : ''} } = lookUp([\n  ${wanted},\n]);`,
    );
  }
  let number = 0;
  for (const { query: asked, charts, isHidden } of answers.flatMap(({ sections }) => sections)) {
    const rows = `rows${suffix}${number === 0 ? '' : `_${number}`}`;
    number++;
    parts.push(
      [
        `// ${comment(asked.title)}`,
        `const ${rows} = ${query(asked)};`,
        ...(isHidden ? [] : [`table(${literal(asked.title)}, ${rows});`]),
        ...charts.map((chart) => chartOf(chart, rows)),
      ].join('\n'),
    );
  }
  parts.push(`// ${note(language).rowsUsed}\ntable(${literal(rowsUsed.title)}, ${query(rowsUsed)});`);
  return parts;
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');

const wordOf = ({ said, candidates, near, negated }: Lookup) =>
  `{ said: ${literal(said)}, spellings: [${candidates.map(literal).join(', ')}]${near ? `, near: ${literal(near.name)}` : ''}${negated ? ', negated: true' : ''} }`;

function chartOf({ title, spec, fields, most }: ChartPlan, rows: string): string {
  const numbers = fields.filter(({ isNumber }) => isNumber);
  const cells = fields.map(({ field, heading, isNumber }) =>
    isNumber ? `${field}: Number(row[${literal(heading)}])` : `${field}: row[${literal(heading)}]`,
  );
  return [
    `if (${rows}.length > 0) {`,
    `  const points = ${rows}`,
    `    .filter((row) => ${numbers.map(({ heading }) => `row[${literal(heading)}] !== null`).join(' && ')})`,
    `    .slice(0, ${most})`,
    `    .map((row) => ({ ${cells.join(', ')} }));`,
    `  chart(${literal(title)}, ${inline(spec)}, points);`,
    '}',
  ].join('\n');
}

/** JSON that reads like JavaScript. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    return `{ ${entries.map(([key, each]) => `${key}: ${inline(each)}`).join(', ')} }`;
  }
  return typeof value === 'string' ? literal(value) : String(value);
}

const note = (language: Language) =>
  language === 'ja'
    ? {
        lookUp: '値かもしれない語を、文字列の列の中で探す。',
        rowsUsed: '使った行と、値のない行の数。',
        function: '語を文字列の列の値の中で探し、条件にする。見つからない語は条件にしない。',
      }
    : {
        lookUp: 'Words that may be values: they are looked for in the text columns.',
        rowsUsed: 'How many rows were used, and how many had no value.',
        function:
          'Looks for words among the values of the text columns and makes a condition of those it finds.',
      };

const MOST_SEARCHED = 60;

function lookUpFunction(columns: Column[], language: Language): string {
  const l = labels[language];
  const searched = columns.filter(({ isText }) => isText).slice(0, MOST_SEARCHED);
  const list = searched
    .map(({ name, sql }) => `  { name: ${literal(name)}, sql: ${literal(sql)} },`)
    .join('\n');
  return `const textColumns = [
${list}
];
const quote = (value) => "'" + value.replaceAll("'", "''") + "'";

/** ${note(language).function} */
function lookUp(words) {
  const spellings = words.flatMap((word) => word.spellings).map(quote).join(', ');
  const hits = textColumns.flatMap(({ name, sql: column }) =>
    sql("SELECT lower(trim(" + column + ")) AS value, count(*) AS rows FROM data WHERE lower(trim(" + column + ")) IN (" + spellings + ") GROUP BY 1")
      .map(({ value, rows }) => ({ name, column, value, rows })),
  );
  const wanted = new Map();
  const report = [];
  for (const { said, spellings, near, negated } of words) {
    const taken = [];
    for (const value of spellings) {
      if (taken.some((longer) => longer.includes(value))) continue;
      const found = hits.filter((hit) => hit.value === value).sort((a, b) => (b.name === near) - (a.name === near) || b.rows - a.rows);
      if (found.length === 0) continue;
      const [best, ...others] = found;
      taken.push(value);
      const key = best.name + (negated ? ' not' : '');
      if (!wanted.has(key)) wanted.set(key, { column: best.column, negated, values: [] });
      wanted.get(key).values.push(value);
      report.push({ ${literal(l.words)}: said, ${literal(l.value)}: value, ${literal(l.column)}: best.name, not: Boolean(negated), ${literal(l.rows)}: best.rows, also: others.map((other) => other.name).join(', ') });
    }
    if (taken.length === 0) report.push({ ${literal(l.words)}: said, ${literal(l.value)}: null, ${literal(l.column)}: null, not: Boolean(negated), ${literal(l.rows)}: 0, also: '' });
  }
  table(${literal(l.looked)}, report);
  const conditions = [...wanted.values()].map(({ column, negated, values }) => {
    const test = "lower(trim(" + column + ")) IN (" + values.map(quote).join(', ') + ")";
    return negated ? "coalesce(NOT (" + test + "), TRUE)" : test;
  });
  const shared = [...wanted.values()].find(({ values }) => values.length > 1);
  return { condition: conditions.join(' AND ') || 'TRUE', column: shared ? shared.column : ${literal(language === 'ja' ? "'全体'" : "'all rows'")} };
}`;
}
