import type { Profile } from '../../sandbox/types.ts';
import { type Column, columnsOf } from './columns.ts';
import type { Assumption, Reading, Task, Unable } from './intent.ts';
import { decide } from './intents/index.ts';
import { type Parts, partsOf } from './parts.ts';
import { withoutRepeats } from './repeats.ts';

const UNABLE: Unable[] = ['forecast', 'cause', 'test', 'model', 'prose', 'formula'];
const MOST_TASKS = 4;

/** What a request asks of a dataset. */
export function read(message: string, profile: Profile): Reading {
  const columns = columnsOf(profile);
  const reading: Reading = { tasks: [], assumptions: [], unable: [], ignored: [], isGuess: false };
  const sentences = message
    .normalize('NFKC')
    .split(/(?<=[.?!](?=\s)|[。?!;\n])|(?<=\s)(?:and also|as well as)(?=\s)/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
    .flatMap(halves);
  const all = sentences.map((sentence) => partsOf(sentence, columns, profile.rowCount));
  const substantial = all.filter(isSubstantial);
  const asides = all.filter((parts) => !isSubstantial(parts));
  reading.unable = UNABLE.filter((tag) => all.some(({ tags }) => tags.has(tag)));
  for (const parts of substantial.slice(0, MOST_TASKS)) {
    const { conditions, assumptions, unmatched } = parts;
    reading.assumptions.push(...assumptions);
    reading.ignored.push(...unmatched, ...conditions.ignored);
    const intent = decide(parts, columns, reading.assumptions);
    const filters =
      intent.kind === 'fraction'
        ? conditions.filters.filter((f) => !intent.conditions.includes(f))
        : conditions.filters;
    reading.tasks.push({ intent, filters, lookups: conditions.lookups });
  }
  for (const parts of substantial.slice(MOST_TASKS))
    reading.ignored.push(parts.marks.map(({ text }) => text).join(' '));
  if (reading.tasks.length === 0) {
    reading.tasks.push({ intent: { kind: 'overview' }, filters: [], lookups: [] });
    reading.isGuess = !all.some(({ tags }) => tags.has('overview'));
  }
  for (const { conditions } of asides) {
    reading.ignored.push(...conditions.ignored);
    for (const task of reading.tasks) {
      task.filters = [...task.filters, ...conditions.filters];
      task.lookups = [...task.lookups, ...conditions.lookups];
    }
  }
  reading.tasks = dropRepeats(reading.tasks);
  reading.assumptions = withoutRepeats([
    ...settle(reading.assumptions, reading.tasks),
    ...columnNotes(reading.tasks),
  ]);
  return reading;
}

/** "… and the trend of …": two questions of different kinds in one sentence. */
function halves(sentence: string): string[] {
  const kinds = /\b(trends?|distributions?|histogram|correlations?|missing values)\b/i;
  const cut = sentence.search(
    /(,| and)\s+(also\s+)?(show\s+|plot\s+|find\s+)?(the\s+|a\s+)?(\w+ly\s+)?(trends?|distributions?|histogram|correlations?|missing values)\b/i,
  );
  if (cut <= 0) return [sentence];
  const [left, right] = [sentence.slice(0, cut), sentence.slice(cut).replace(/^(,| and)\s+/, '')];
  return left.split(/\s+/).length > 1 && !(kinds.test(left) && !kinds.test(right))
    ? [left, right]
    : [sentence];
}

function isSubstantial({
  tags,
  by,
  measures,
  things,
  times,
  figures,
  grain,
  cycle,
  direction,
}: Parts): boolean {
  const asks = [
    'share',
    'trend',
    'distribution',
    'correlation',
    'compare',
    'quality',
    'overview',
    'common',
    ...UNABLE,
  ] as const;
  return (
    by.length + measures.length + things.length + times.length + figures.length > 0 ||
    grain !== undefined ||
    cycle !== undefined ||
    direction !== undefined ||
    asks.some((tag) => tags.has(tag))
  );
}

const dropRepeats = (tasks: Task[]) => {
  const different = withoutRepeats(tasks);
  const telling = different.filter(({ intent }) => intent.kind !== 'overview');
  return telling.length > 0 && different.length > telling.length && different.length > 1
    ? telling
    : different;
};

/** Of a word that fits several columns, only those that came to be used are worth telling. */
function settle(assumptions: Assumption[], tasks: Task[]): Assumption[] {
  const used = usedColumns(tasks);
  const rows = assumptions.flatMap((each) => (each.kind === 'rowIs' ? [each.column] : []));
  return assumptions.flatMap((assumption): Assumption[] => {
    if (assumption.kind !== 'column') return [assumption];
    if (assumption.columns.some((column) => rows.includes(column))) return [];
    if (assumption.columns.length === 1) return [assumption];
    const columns = assumption.columns.filter((column) => used.has(column));
    return columns.length > 0 ? [{ ...assumption, columns }] : [];
  });
}

function usedColumns(tasks: Task[]): Set<Column> {
  const seen = new Set<Column>();
  JSON.stringify(tasks, (_, value) => {
    if (value && typeof value === 'object' && 'profile' in value) seen.add(value as Column);
    return value;
  });
  return seen;
}

/** What has to be said of any column that is used. */
function columnNotes(tasks: Task[]): Assumption[] {
  const notes: Assumption[] = [];
  for (const column of usedColumns(tasks)) {
    if (column.isAmbiguousDate) notes.push({ kind: 'dayOrder', column });
    else if (column.isParsed && column.isNumeric) notes.push({ kind: 'parsed', column });
  }
  return notes;
}
