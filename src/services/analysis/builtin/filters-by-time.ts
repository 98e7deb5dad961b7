import { has, isNegated } from './beside.ts';
import type { Column } from './columns.ts';
import type { Period } from './dates.ts';
import type { Conditions } from './filters.ts';
import type { Mark } from './marks.ts';
import { isJapanese } from './words.ts';

/** "the last 30 days", "直近3か月". */
export function readLast(marks: Mark[], time: Column | undefined, found: Conditions) {
  marks.forEach((mark, i) => {
    if (!has(mark, 'last') || !time) return;
    const number = marks[i + 1]?.kind === 'number' ? (marks[i + 1] as Mark & { value: number }) : undefined;
    const unitMark = marks[i + (number ? 2 : 1)];
    const unit = stepOf(unitMark);
    if (!unit || !unitMark || (!number && !/^(last|past|過去|直近)/i.test(mark.text))) return;
    found.filters.push({ kind: 'last', column: time, count: number?.value ?? 1, unit });
    for (const each of [mark, number, unitMark]) if (each) found.used.add(each);
  });
}

/** The step of time that a word names. */
export function stepOf(mark: Mark | undefined) {
  if (!mark) return undefined;
  if (/^(日|日間)$/.test(mark.text) || has(mark, 'day')) return 'day';
  if (/^(週|週間)$/.test(mark.text) || has(mark, 'week')) return 'week';
  if (/^([かヶカヵ]月間?)$/.test(mark.text) || has(mark, 'month')) return 'month';
  return /^(年|年間)$/.test(mark.text) || has(mark, 'year') ? 'year' : undefined;
}

/** "in 2024", "since March", "between May and July". */
export function readPeriods(marks: Mark[], time: Column | undefined, found: Conditions) {
  const spans: Partial<Period>[] = [];
  const months: number[] = [];
  let negated = false;
  for (let i = 0; i < marks.length; i++) {
    const mark = marks[i]!;
    if (mark.kind !== 'period' || found.used.has(mark)) continue;
    found.used.add(mark);
    if (!time) {
      found.ignored.push(mark.text);
      continue;
    }
    if (mark.month) {
      months.push(mark.month);
      continue;
    }
    const { from, to } = mark.period!;
    const before = marks[i - 1];
    const [next, other] = [marks[i + 1], marks[i + 2]];
    const range =
      other?.kind === 'period' &&
      other.period &&
      (has(next, 'to') || has(next, 'from') || (has(next, 'and') && has(before, 'between')));
    if (range) {
      spans.push({ from, to: other.period!.to });
      found.used.add(other).add(next!);
      i += 2;
    } else if (isJapanese(next?.text ?? '') && has(next, 'after'))
      spans.push({ from: /より後|の後/.test(next!.text) ? to : from });
    else if (isJapanese(next?.text ?? '') && has(next, 'before', 'to'))
      spans.push({ to: /より前|の前/.test(next!.text) ? from : to });
    else if (has(before, 'after', 'over'))
      spans.push({ from: /since|starting|from/i.test(before!.text) ? from : to });
    else if (has(before, 'atLeast', 'from') || has(next, 'from')) spans.push({ from });
    else if (has(before, 'before', 'under'))
      spans.push({ to: /^until$|^up until$/i.test(before!.text) ? to : from });
    else if (has(before, 'atMost', 'to')) spans.push({ to });
    else {
      spans.push({ from, to });
      negated ||= isNegated(marks, i);
    }
  }
  if (time && spans.length > 0)
    found.filters.push({ kind: 'periods', column: time, periods: spans, negated });
  if (time && months.length > 0)
    found.filters.push({ kind: 'months', column: time, months: [...new Set(months)] });
}
