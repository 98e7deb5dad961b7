/**
 * The built-in analyst: answers questions about a table by fixed rules, without a language model or a network.
 *
 * A request becomes a `Reading` (words → marks → parts → intents), a reading becomes `Work` (queries, tables and
 * charts), and from the work come both the program and, after it ran, the report. It knows the profile and the
 * program's results; it never sees the file. What it does not understand, it says.
 */

import type { Execution } from '../../sandbox/types.ts';
import type { Analyst, FailedProgram, Plan, Question } from '../analyst.ts';
import { sumIn } from './arithmetic.ts';
import { columnsOf } from './columns.ts';
import { figure } from './format.ts';
import type { Reading } from './intent.ts';
import { ABILITIES, filterNote, stepNote, unableNote } from './notes.ts';
import { programFor } from './program.ts';
import { comment, literal } from './quoting.ts';
import { read } from './reading.ts';
import { reportOn, signature } from './report.ts';
import { workFor } from './sections.ts';
import { tokenize } from './words.ts';

export const builtinAnalyst: Analyst = {
  model: 'builtin',

  async plan(question, { signal }): Promise<Plan> {
    signal.throwIfAborted();
    return planOf(question);
  },

  async code(question, _plan, failed, { signal }): Promise<string> {
    signal.throwIfAborted();
    return codeOf(question, failed);
  },

  async *report(question, _plan, execution, { signal }): AsyncIterable<string> {
    for (const paragraph of reportOf(question, execution)) {
      signal.throwIfAborted();
      yield `${paragraph}\n\n`;
    }
  },
};

/** The reading of a question; words of the dataset's own name ("penguins") name its rows. */
function readingOf({ message, dataset }: Question): Reading {
  const reading = read(message, dataset!.profile);
  const named = new Set(tokenize(dataset!.name, new Set()).map(({ norm }) => norm));
  for (const lookup of reading.tasks.flatMap(({ lookups }) => lookups)) {
    if (tokenize(lookup.said, new Set()).every(({ norm }) => named.has(norm))) lookup.isNoun = true;
  }
  return reading;
}

function planOf(question: Question): Plan {
  const { language, dataset, message } = question;
  const ja = language === 'ja';
  if (!dataset) {
    const sum = sumIn(message);
    return sum
      ? {
          summary: ja ? `計算する：${sum.expression}` : `Work out ${sum.expression}`,
          steps: [ja ? '計算して結果を示す' : 'Compute it and print the result'],
        }
      : {
          summary: ja ? '分析するデータがありません' : 'There is no data to analyse',
          steps: [ja ? 'できることを説明する' : 'Say what can be done once there is data'],
        };
  }
  const reading = readingOf(question);
  const filters = [
    ...new Set(reading.tasks.flatMap((task) => task.filters.map((filter) => filterNote(filter, language)))),
  ];
  const words = [...new Set(reading.tasks.flatMap(({ lookups }) => lookups.map(({ said }) => said)))];
  const steps = [
    ...reading.unable.map((unable) => unableNote(unable, language)),
    ...(filters.length > 0
      ? [ja ? `行を絞り込む：${filters.join('、')}` : `Keep the rows where ${filters.join('; ')}`]
      : []),
    ...(words.length > 0
      ? [
          ja
            ? `値かもしれない語をデータの中で探す：${words.join('、')}`
            : `Look in the data for words that may be values: ${words.join(', ')}`,
        ]
      : []),
    ...reading.tasks.map(({ intent }) => stepNote(intent, language)),
    ja
      ? '表と図を作り、欠損値と使った行数を示して報告する'
      : 'Show tables and charts, count the rows used and the missing values, and report',
  ];
  const main = reading.tasks.map(({ intent }) => stepNote(intent, language)).join(ja ? '。' : '. ');
  return {
    summary: reading.isGuess
      ? ja
        ? `質問を列や集計に結びつけられないため、概要を示す。${main}`
        : `The request names nothing I know in this data, so: ${main}`
      : main,
    steps,
  };
}

function codeOf(question: Question, failed: FailedProgram | undefined): string {
  const { language, dataset, message } = question;
  const ja = language === 'ja';
  if (!dataset) {
    const sum = sumIn(message);
    if (sum && !failed) return `// ${comment(message.slice(0, 200))}\nprint(${sum.expression});\n`;
    return `print(${literal(ja ? '分析するデータがありません。' : 'There is no data to analyse.')});\n`;
  }
  const columns = columnsOf(dataset.profile);
  if (!failed) return programFor(workFor(readingOf(question), dataset.profile, language), columns, language);

  const note = ja
    ? `前のプログラムは失敗しました：${failed.error}`
    : `The previous program failed: ${failed.error}`;
  const lead = `print(${literal(note.slice(0, 500))});\n\n`;
  const overview = lead + programFor(workFor(simplest(), dataset.profile, language), columns, language);
  const isSecond = failed.code.includes(
    literal(ja ? '前のプログラムは失敗しました' : 'The previous program failed').slice(1, -1),
  );
  return isSecond
    ? `${lead}table(${literal(ja ? '行数' : 'Number of rows')}, sql('SELECT count(*) AS "n" FROM data'));\n`
    : overview;
}

/** What is done when the program that was asked for fails. */
const simplest = (): Reading => ({
  tasks: [{ intent: { kind: 'quality' }, filters: [], lookups: [] }],
  assumptions: [],
  unable: [],
  ignored: [],
  isGuess: false,
});

function* reportOf(question: Question, execution: Execution): Generator<string> {
  const { language, dataset, message } = question;
  const ja = language === 'ja';
  if (!dataset) {
    const sum = sumIn(message);
    if (sum) {
      yield `# ${ja ? '計算' : 'A sum'}`;
      yield `${sum.expression} = **${figure(Number(sum.value.toPrecision(12)))}**`;
    } else {
      yield `# ${ja ? '分析するデータがありません' : 'There is no data to analyse'}`;
      yield ja
        ? `データがないため、この質問には答えられません。CSV・TSV・JSON・NDJSON・Parquet のファイルを添えると、次のことができます：${ABILITIES.ja}。`
        : `Without data this question cannot be answered. With a CSV, TSV, JSON, NDJSON or Parquet file attached I can do: ${ABILITIES.en}.`;
    }
    yield signature(language);
    return;
  }
  const asked = readingOf(question);
  const works = workFor(asked, dataset.profile, language);
  const isDone = works.some(({ answers }) =>
    answers.some(({ sections }) => execution.tables.some(({ title }) => title === sections[0]?.query.title)),
  );
  const hasFailed = execution.output.startsWith(
    ja ? '前のプログラムは失敗しました' : 'The previous program failed',
  );
  if (!hasFailed && isDone) {
    yield* reportOn({ message, dataset, reading: asked, works, execution, language });
    return;
  }
  const reading = simplest();
  yield ja
    ? `> 質問のためのプログラムが実行できなかったため、質問への答えはありません。${execution.output.trim().slice(0, 300)}`
    : `> The program for this question could not be run, so the question is not answered. ${execution.output.trim().slice(0, 300)}`;
  yield* reportOn({
    message,
    dataset,
    reading,
    works: workFor(reading, dataset.profile, language),
    execution,
    language,
  });
}
