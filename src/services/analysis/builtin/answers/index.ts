/** The direct answer to each kind of question, in words, from the table that the program made. */
import type { Execution } from '../../../sandbox/types.ts';
import { filterNote } from '../notes.ts';
import type { Language } from '../phrases.ts';
import type { Answer, Section } from '../sections.ts';
import { correlationAnswer, extremesAnswer, qualityAnswer, spreadAnswer } from './columns.ts';
import { figuresAnswer, fractionAnswer } from './figures.ts';
import { groupsAnswer } from './groups.ts';
import { trendAnswer } from './trend.ts';
import { rowsOf, titled } from './words.ts';

export { labelOf, rowsOf, titled, unitOf } from './words.ts';

/** Undefined where the program made no table for it. */
export function directAnswer(
  { intent, sections }: Answer,
  execution: Execution,
  language: Language,
): string | undefined {
  const [main, second] = sections as [Section, Section?];
  const table = titled(execution, main.query.title);
  if (!table) return undefined;
  const rows = rowsOf(table, main.query.columns);
  const other = second && titled(execution, second.query.title);
  switch (intent.kind) {
    case 'figures':
      return figuresAnswer(intent, rows, language);
    case 'groups':
      return groupsAnswer(intent, rows, main.query.columns, table.truncated, language);
    case 'trend':
      return trendAnswer(
        intent,
        rows,
        other && rowsOf(other, second.query.columns)[0],
        table.truncated,
        language,
      );
    case 'extremes':
      return extremesAnswer(intent, rows, main.query.columns, language);
    case 'spread':
      if (intent.by) {
        return sections
          .flatMap((section, i) => {
            const part = titled(execution, section.query.title);
            return part
              ? [
                  spreadAnswer(
                    intent.columns[i],
                    intent.by,
                    rowsOf(part, section.query.columns),
                    language,
                    [],
                  ),
                ]
              : [];
          })
          .join('\n\n');
      }
      return spreadAnswer(undefined, undefined, rows, language, intent.columns);
    case 'correlation':
      return correlationAnswer(intent, rows, language);
    case 'fraction':
      return fractionAnswer(
        intent,
        intent.conditions
          .map((filter) => filterNote(filter, language))
          .join(language === 'ja' ? '、' : ' and '),
        rows,
        language,
      );
    case 'quality':
      return qualityAnswer(rows, other ? rowsOf(other, second.query.columns)[0]?.(0) : undefined, language);
  }
}
