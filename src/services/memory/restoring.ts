import { storable } from '../../store/index.ts';
import { longestCommon } from './alignment.ts';
import { type Entry, entryOf, isNamelessMark, isNumberMarkOf } from './histories.ts';
import type { MarkedMessage } from './plan.ts';
import { WINDOW } from './types.ts';

/** Messages of each kind that a history is compared to: an old copy of it may begin before the newest 50. */
export const COMPARED = 4 * WINDOW;

/** A message of our table. */
export type OwnMessage = MarkedMessage & { number: number };

/** A history, and for each of its entries whether our table has it. */
interface Compared {
  entries: readonly Entry[];
  known: readonly boolean[];
}

interface Asked extends Compared {
  sessionId: string;
  /** What our table has of it, oldest first. */
  ours: readonly OwnMessage[];
  /** Whether that is all our table has; else what is older may be in the history too. */
  isAll: boolean;
  /** The history is an old copy, or a new one, with something added behind it. */
  isCopy: boolean;
}

/**
 * A history that shows our newest messages again, in our order, and behind them what is new in it, as our table is
 * going to have it.
 */
export function restored({ entries, known, ours, ...asked }: Asked): Compared {
  const placed = asked.isCopy
    ? inCopy({ entries, ours, ...asked })
    : amongKnown({ entries, known, ours, ...asked });
  const result: { entry: Entry; known: boolean }[] = [];
  const added: typeof result = [];
  const add = (messages: readonly OwnMessage[]): void => {
    for (const message of messages) result.push({ entry: entryOf(message, message.mark), known: true });
  };
  let next = 0;
  for (const [index, entry] of entries.entries()) {
    const place = placed[index] ?? 'new';
    const one = { entry, known: place !== 'new' };
    // What is no message stays behind what it stood behind.
    if (place === 'new' || (entry.message === null && added.length > 0)) added.push(one);
    else {
      if (place !== 'older') {
        add(ours.slice(next, place));
        next = place + 1;
      }
      result.push(one);
    }
  }
  add(ours.slice(next));

  const all = [...result, ...added];
  const kept = all.length > entries.length ? all.slice(-WINDOW) : all;
  return { entries: kept.map(({ entry }) => entry), known: kept.map((one) => one.known) };
}

/** Which of our messages an entry is; `older`: it is known, and not among them. */
type Place = number | 'older' | 'new';

/**
 * An old copy is a piece of what was said, without a gap, and what was added behind it: a word that is said again is
 * then not taken for an earlier one.
 */
function inCopy({ sessionId, entries, ours, isAll }: Omit<Asked, 'known' | 'isCopy'>): Place[] {
  const isSame = sameness(sessionId, entries);
  const said = entries.flatMap((entry, index) => (entry.message ? [{ entry, index }] : []));
  const length = (row: number, column: number): number => {
    let run = 0;
    while (
      run + row < ours.length &&
      run + column < said.length &&
      isSame(ours[run + row]!, said[run + column]!.entry)
    )
      run += 1;
    return run;
  };
  const starts = [
    ...ours.map((_, row) => ({ row, column: 0 })),
    ...(isAll ? [] : said.slice(1).map((_, before) => ({ row: 0, column: before + 1 }))),
  ];
  let best = { row: 0, column: 0, run: 0 };
  for (const { row, column } of starts) {
    const run = length(row, column);
    if (run > best.run) best = { row, column, run };
  }

  const end = best.column + best.run;
  const isEdited = said
    .slice(end)
    .some(({ entry }) => entry.mark !== null && ours.some((one) => isSame(one, entry)));
  if (isEdited) return amongKnown({ sessionId, entries, known: entries.map(() => true), ours }, 'new');
  const places: Place[] = entries.map(() => 'older');
  for (const [at, { index }] of said.entries())
    places[index] = at < best.column ? 'older' : at < end ? best.row + at - best.column : 'new';
  return places;
}

/**
 * Otherwise the legacy application may have changed anything. What was seen before tells what is known, and so do our
 * marks: who gave a history our messages may have died before our table knew.
 */
function amongKnown(
  { sessionId, entries, known, ours }: Pick<Asked, 'sessionId' | 'entries' | 'known' | 'ours'>,
  elsewhere: Place = 'older',
): Place[] {
  const isSame = sameness(sessionId, entries);
  const isKnown = ({ mark, message }: Entry, index: number): boolean =>
    message === null ||
    known[index] === true ||
    (mark !== null && ours.some((one) => isSame(one, entries[index]!)));
  const places = entries.map((entry, index): Place => (isKnown(entry, index) ? 'older' : 'new'));
  const there = [...entries.keys()]
    .filter((index) => places[index] === 'older' && entries[index]!.message)
    .slice(-COMPARED);
  const placed = longestCommon(ours, there, (one, index) => isSame(one, entries[index]!)) ?? [];
  for (const [at, index] of there.entries()) {
    const place = placed[at] ?? -1;
    places[index] = place >= 0 ? place : elsewhere;
  }
  return places;
}

function sameness(sessionId: string, entries: readonly Entry[]): (one: OwnMessage, entry: Entry) => boolean {
  // Where the legacy application drops fields it does not know, our own messages are recognised by their text.
  const unmarked = entries.every(({ mark }) => mark === null);
  return (one, { message, mark }) => {
    if (!message || message.role !== one.role) return false;
    if (mark !== null && !isNamelessMark(mark)) return mark === one.mark;
    if (mark !== null && mark !== `message:${one.number}`) return false;
    const isTurn = !isNumberMarkOf(sessionId, one.mark);
    if (isTurn && !unmarked) return false;
    if (storable(message.content) !== one.content) return false;
    return isTurn || message.at === null || message.at.getTime() === one.at.getTime();
  };
}
