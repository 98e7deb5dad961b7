import { has, isNegated, neighbour } from './beside.ts';
import type { Conditions, Filter } from './filters.ts';
import { VALUE_ALIASES } from './lexicon.ts';
import type { Mark } from './marks.ts';
import { isJapanese, normalize } from './words.ts';

/** Values that a column is known to hold. */
export function readValues(marks: Mark[], found: Conditions) {
  let previous: { filter: Extract<Filter, { kind: 'values' }>; at: number } | undefined;
  marks.forEach((mark, i) => {
    if (mark.kind !== 'value') return;
    found.used.add(mark);
    const isListed =
      previous !== undefined &&
      marks.slice(previous.at + 1, i).every((m) => has(m, 'and') || m.kind === 'stop');
    const negated = isNegated(marks, i) || (isListed && previous!.filter.negated);
    const same = found.filters.find(
      (f) => f.kind === 'values' && f.column === mark.column && f.negated === negated,
    );
    if (same?.kind === 'values') {
      if (!same.values.includes(mark.value)) same.values.push(mark.value);
      previous = { filter: same, at: i };
    } else {
      const filter = { kind: 'values' as const, column: mark.column, values: [mark.value], negated };
      found.filters.push(filter);
      previous = { filter, at: i };
    }
  });
}

/** Runs of words that are neither vocabulary nor columns, each with the spellings a value could have. */
export function readUnknown(marks: Mark[], found: Conditions) {
  for (let i = 0; i < marks.length; i++) {
    if (marks[i]!.kind !== 'unknown') continue;
    let end = i;
    while (
      marks[end + 1]?.kind === 'unknown' ||
      (isFiller(marks[end + 1]) && marks[end + 2]?.kind === 'unknown')
    )
      end++;
    const run = marks.slice(i, end + 1);
    const before = neighbour(marks, i, -1);
    const near = before?.kind === 'column' ? before.columns.find(({ isText }) => isText) : undefined;
    const lead = near && marks[i - 1] === before ? [before!] : [];
    const after = neighbour(marks, end, 1);
    const beside = after?.kind === 'column' && marks[end + 1] === after ? [after] : [];
    found.lookups.push({
      said: textOf(run),
      candidates: spellings([...lead, ...run, ...beside]),
      ...(near && { near }),
      negated: isNegated(marks, i) || isNegated(marks, end),
      isNoun:
        before?.kind === 'superlative' ||
        has(before, 'count', 'top', 'bottom', 'share', 'max', 'min') ||
        (isJapanese(run[0]!.text) && has(after, 'count')),
    });
    for (const mark of run) found.used.add(mark);
    i = end;
  }
}

/**
 * A known value may stand beside one that has yet to be found in the same column ("Lima and Oslo"). Both are then
 * looked up, so that they are alternatives. A column whose values are all known cannot hold another.
 */
export function joinLookups(found: Conditions) {
  if (!found.lookups.some(({ isNoun, negated }) => !isNoun && !negated)) return;
  found.filters = found.filters.filter((filter) => {
    if (
      filter.kind !== 'values' ||
      filter.negated ||
      filter.column.profile.distinctCount <= filter.column.profile.examples.length
    )
      return true;
    const { column: near } = filter;
    found.lookups.unshift(
      ...filter.values.map((value) => ({
        said: value,
        candidates: [value.trim().toLowerCase()],
        near,
        negated: false,
        isNoun: false,
      })),
    );
    return false;
  });
}

const isFiller = (mark: Mark | undefined) =>
  mark !== undefined &&
  (mark.kind === 'stop'
    ? /^(of|the|de|la|in|-|'|’|&|\.|の|ノ)$/i.test(mark.text)
    : /^(-|–|&)$/.test(mark.text));

const gapless = (a: Mark, b: Mark) => a.end === b.start;
const textOf = (run: Mark[]) =>
  run.map((mark, i) => (i === 0 || gapless(run[i - 1]!, mark) ? mark.text : ` ${mark.text}`)).join('');

function spellings(run: Mark[]): string[] {
  const all: string[] = [];
  for (let length = Math.min(run.length, 6); length > 0; length--) {
    for (let at = 0; at + length <= run.length; at++) {
      const part = run.slice(at, at + length);
      if (!part.some(({ kind }) => kind === 'unknown') || isFiller(part[0]) || isFiller(part.at(-1)))
        continue;
      const whole = textOf(part)
        .replace(/^["“「『'`]|["”」』'`]$/g, '')
        .toLowerCase();
      all.push(
        whole,
        ...(length === 1
          ? [normalize(whole), ...(VALUE_ALIASES[normalize(whole)] ?? [])]
          : [whole.replace(/s$/, '')]),
      );
    }
  }
  return [...new Set(all)].slice(0, 24);
}
