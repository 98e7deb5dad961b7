import type { Execution, Profile, ResultTable } from '../../sandbox/types.ts';
import * as answers from './answers.ts';
import { escaped, figure, markdownTable, percent, withUnit } from './format.ts';
import type { Intent, Metric, Reading } from './intent.ts';
import { ABILITIES, assumptionNote, filterNote, unableNote } from './notes.ts';
import { type Language, labels } from './phrases.ts';
import { MOST_COUNTED } from './queries.ts';
import { type Answer, columnsIn, type Section, type Work } from './sections.ts';
import { normalize } from './words.ts';

const MOST_ROWS = 15;

/** What the report is written from. */
export interface Findings {
  message: string;
  dataset: { name: string; profile: Profile };
  reading: Reading;
  works: Work[];
  execution: Execution;
  language: Language;
}

/** The report on a dataset, paragraph by paragraph. */
export function* reportOn(findings: Findings): Generator<string> {
  const { reading, works, language, dataset, execution } = findings;
  const ja = language === 'ja';
  const lookups = new LookUps(findings);
  yield `# ${headline(findings)}`;
  for (const unable of reading.unable) yield `> ${unableNote(unable, language)}`;
  if (reading.isGuess) {
    yield ja
      ? `質問の中に、データの列・値・集計を示す語が見つかりませんでした。代わりにデータの概要を示します。できること：${ABILITIES.ja}。`
      : `Nothing in the request names a column, a value or a figure of this data, so here is an overview instead. What I can do: ${ABILITIES.en}.`;
  }
  for (const [i, work] of works.entries()) {
    if (works.length > 1) yield `## ${i + 1}. ${escaped(work.answers[0]?.sections[0]?.query.title ?? '')}`;
    const isOverview = work.task.intent.kind === 'overview';
    if (isOverview) yield introduction(dataset.profile, dataset.name, language);
    for (const [j, answer] of work.answers.entries()) {
      if (isOverview) yield `## ${escaped(answer.sections[0]!.query.title)}`;
      yield directAnswer(answer, work, execution, language) ?? missingResult(language);
      const warning = j === 0 ? lookups.warning(work) : undefined;
      if (warning) yield warning;
      yield* exhibits(answer, execution, language);
    }
  }
  yield `## ${ja ? '計算方法' : 'How this was computed'}`;
  yield [...works.flatMap((work) => method(work, findings, lookups)), ...assumptions(reading, language)]
    .map((line) => `- ${line}`)
    .join('\n');
  const unknown = [...new Set([...reading.ignored, ...lookups.unknown])];
  if (unknown.length > 0) {
    yield `## ${ja ? '理解できなかったこと' : 'Not understood'}`;
    const list = unknown
      .slice(0, 12)
      .map((word) => (ja ? `「${escaped(word)}」` : `“${escaped(word)}”`))
      .join(ja ? '' : ', ');
    yield ja
      ? `次の語は、列名でも値でも知っている言葉でもなかったため、答えに使っていません：${list}`
      : `These words are no column, no value found in the data and nothing I know, so they play no part in the answer: ${list}.`;
  }
  yield signature(language);
}

export const signature = (language: Language) =>
  language === 'ja'
    ? '*この報告は内蔵アナリストが作成しました（決まった規則で計算し、言語モデルは使っていません）。*'
    : '*Written by the built-in analyst: it follows fixed rules and uses no language model.*';

const missingResult = (language: Language) =>
  language === 'ja' ? 'この部分の結果はありません。' : 'There is no result for this part.';

function headline({ works, dataset, language }: Findings): string {
  const [work] = works;
  if (work?.task.intent.kind === 'overview')
    return language === 'ja' ? `${escaped(dataset.name)} の概要` : `Overview of ${escaped(dataset.name)}`;
  return escaped(work?.answers[0]?.sections[0]?.query.title ?? dataset.name);
}

function introduction({ rowCount, columns }: Profile, name: string, language: Language): string {
  const missing = columns.filter(({ nullCount }) => nullCount > 0).length;
  return language === 'ja'
    ? `${escaped(name)} は **${figure(rowCount)}** 行、**${figure(columns.length)}** 列のデータで、${missing > 0 ? `${missing}列に欠損値があります` : '欠損値はありません'}。`
    : `${escaped(name)} has **${figure(rowCount)}** rows and **${figure(columns.length)}** columns; ${missing > 0 ? `${missing} of the columns have missing values` : 'no value is missing'}.`;
}

const find = (execution: Execution, title: string): ResultTable | undefined =>
  execution.tables.find((table) => table.title === title);

function directAnswer(
  { intent, sections }: Answer,
  work: Work,
  execution: Execution,
  language: Language,
): string | undefined {
  const [main, second] = sections as [Section, Section?];
  const table = find(execution, main.query.title);
  if (!table) return undefined;
  const rows = answers.rowsOf(table, main.query.columns);
  const other = second && find(execution, second.query.title);
  switch (intent.kind) {
    case 'figures':
      return answers.figuresAnswer(intent, rows, language);
    case 'groups':
      return answers.groupsAnswer(intent, rows, main.query.columns, table.truncated, language);
    case 'trend':
      return answers.trendAnswer(
        intent,
        rows,
        other && answers.rowsOf(other, second.query.columns)[0],
        table.truncated,
        language,
      );
    case 'extremes':
      return answers.extremesAnswer(intent, rows, main.query.columns, language);
    case 'spread':
      if (intent.by) {
        return sections
          .flatMap((section, i) => {
            const part = find(execution, section.query.title);
            return part
              ? [
                  answers.spreadAnswer(
                    intent.columns[i],
                    intent.by,
                    answers.rowsOf(part, section.query.columns),
                    language,
                    [],
                  ),
                ]
              : [];
          })
          .join('\n\n');
      }
      return answers.spreadAnswer(undefined, undefined, rows, language, intent.columns);
    case 'correlation':
      return answers.correlationAnswer(intent, rows, language);
    case 'fraction':
      return answers.fractionAnswer(
        intent,
        intent.conditions
          .map((filter) => filterNote(filter, language))
          .join(language === 'ja' ? '、' : ' and '),
        rows,
        language,
      );
    case 'quality':
      return answers.qualityAnswer(
        rows,
        other ? answers.rowsOf(other, second.query.columns)[0]?.(0) : undefined,
        language,
      );
  }
  return work && undefined;
}

/** The tables worth reading, and the names of the charts. */
function* exhibits(
  { intent, sections }: Answer,
  execution: Execution,
  language: Language,
): Generator<string> {
  for (const { query, isHidden, isDrawn, charts } of sections) {
    const table = isHidden || isDrawn ? undefined : find(execution, query.title);
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
  const rows = answers.rowsOf(table, headings);
  const l = labels[language];
  const labelled = labelCount(intent);
  const units = metricsOf(intent).map(answers.unitOf);
  const cell = (value: unknown, i: number) => {
    if (i < labelled)
      return value === null
        ? '–'
        : intent.kind === 'groups' && intent.by[i]
          ? answers.labelOf(value, intent.by[i], language)
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

/** Rows, conditions and missing values of one task. */
function method(work: Work, { execution, works, language, dataset }: Findings, lookups: LookUps): string[] {
  const ja = language === 'ja';
  const lead = works.length > 1 ? `${works.indexOf(work) + 1}. ` : '';
  const table = find(execution, work.rowsUsed.title);
  const row = table && answers.rowsOf(table, work.rowsUsed.columns)[0];
  const total = row ? figure(row(0)) : figure(dataset.profile.rowCount);
  const filters = [
    ...work.task.filters.map((filter) => filterNote(filter, language)),
    ...lookups.found(work),
  ];
  const lines = [
    filters.length > 0
      ? ja
        ? `${lead}全${total}行のうち${row ? figure(row(1)) : '–'}行を使用。条件：${filters.join('、')}。`
        : `${lead}${row ? figure(row(1)) : '–'} of ${total} rows were used: ${filters.join('; ')}.`
      : ja
        ? `${lead}全${total}行を使用（条件なし）。`
        : `${lead}All ${total} rows were used; no filter.`,
  ];
  const used = columnsIn(work.task.intent).slice(0, MOST_COUNTED);
  const empty = used.flatMap((column, i) => {
    const count = Number(row?.(i + 2) ?? 0);
    return count > 0
      ? [
          ja
            ? `\`${column.name}\` の値がない${figure(count)}行`
            : `${figure(count)} rows without \`${column.name.replaceAll('`', "'")}\``,
        ]
      : [];
  });
  if (empty.length > 0)
    lines.push(
      ja
        ? `${empty.join('、')}は、その計算から除きました。`
        : `Left out where the value is needed: ${empty.join(', ')}.`,
    );
  return lines;
}

function assumptions({ assumptions: all, tasks }: Reading, language: Language): string[] {
  const notes = all
    .map((assumption) => assumptionNote(assumption, language))
    .filter((note) => note !== undefined);
  const relative = tasks.flatMap(({ filters }) => filters).find(({ kind }) => kind === 'last');
  const more = relative ? [assumptionNote({ kind: 'relative', column: relative.column }, language)!] : [];
  return [...new Set([...notes, ...more])];
}

/** What became of the words that were looked up when the program ran. */
class LookUps {
  readonly #findings: Findings;
  readonly unknown: string[] = [];

  constructor(findings: Findings) {
    this.#findings = findings;
    for (const work of findings.works) {
      const values = this.#rows(work).map((row) => String(row(1) ?? '').toLowerCase());
      for (const { said, isNoun, candidates } of work.task.lookups) {
        if (isNoun) continue;
        const found = values.filter((value) => candidates.includes(value));
        const left =
          found.length === 0
            ? [said]
            : said
                .split(/\s+/)
                .filter((word) => word.length > 3 && !found.some((value) => value.includes(normalize(word))));
        this.unknown.push(...left);
      }
    }
  }

  #rows(work: Work) {
    const { execution, works, language } = this.#findings;
    const l = labels[language];
    const asking = works.filter(({ task }) => task.lookups.length > 0);
    const table = execution.tables.filter(({ title }) => title === l.looked)[asking.indexOf(work)];
    return table ? answers.rowsOf(table, [l.words, l.value, l.column, 'not', l.rows, 'also']) : [];
  }

  #missing(work: Work) {
    const found = new Set(
      this.#rows(work)
        .filter((row) => row(2) !== null)
        .map((row) => row(0)),
    );
    return work.task.lookups.filter(({ said }) => !found.has(said));
  }

  found(work: Work): string[] {
    const { language } = this.#findings;
    const ja = language === 'ja';
    return this.#rows(work)
      .filter((row) => row(2) !== null)
      .map((row) => {
        const also = row(5)
          ? ja
            ? `（同じ値は ${escaped(row(5))} にもあります）`
            : ` (the same value is in ${escaped(row(5))} too)`
          : '';
        const not = row(3) === true || row(3) === 'true';
        return ja
          ? `\`${row(2)}\` が “${escaped(row(1))}”${not ? ' ではない' : ''}${also}`
          : `\`${row(2)}\` is ${not ? 'not ' : ''}“${escaped(row(1))}”${also}`;
      });
  }

  /** Said right behind the answer: it may be about more rows than was asked. */
  warning(work: Work): string | undefined {
    const missing = this.#missing(work)
      .filter(({ isNoun }) => !isNoun)
      .map(({ said }) => escaped(said));
    if (missing.length === 0) return undefined;
    return this.#findings.language === 'ja'
      ? `> ${missing.map((word) => `「${word}」`).join('')}はデータの中に見つからなかったため、この答えはそれによって絞り込まれていません。`
      : `> ${missing.map((word) => `“${word}”`).join(', ')} was not found in the data, so this answer is not limited to it.`;
  }
}
