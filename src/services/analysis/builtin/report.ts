import type { Execution, Profile } from '../../sandbox/types.ts';
import { directAnswer, rowsOf, titled } from './answers/index.ts';
import { exhibits } from './exhibits.ts';
import { escaped, figure } from './format.ts';
import type { Reading } from './intent.ts';
import { LookUps } from './look-ups.ts';
import { ABILITIES, assumptionNote, filterNote, unableNote } from './notes.ts';
import type { Language } from './phrases.ts';
import { MOST_COUNTED } from './queries.ts';
import { columnsIn, type Work } from './sections.ts';

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
  const lookups = new LookUps(works, execution, language);
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
      yield directAnswer(answer, execution, language) ?? missingResult(language);
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

/** Rows, conditions and missing values of one task. */
function method(work: Work, { execution, works, language, dataset }: Findings, lookups: LookUps): string[] {
  const ja = language === 'ja';
  const lead = works.length > 1 ? `${works.indexOf(work) + 1}. ` : '';
  const table = titled(execution, work.rowsUsed.title);
  const row = table && rowsOf(table, work.rowsUsed.columns)[0];
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
