import type { Execution } from '../../sandbox/types.ts';
import { rowsOf } from './answers/index.ts';
import { escaped } from './format.ts';
import { type Language, labels } from './phrases.ts';
import type { Work } from './sections.ts';
import { normalize } from './words.ts';

/** What became of the words that were looked up when the program ran. */
export class LookUps {
  readonly #works: Work[];
  readonly #execution: Execution;
  readonly #language: Language;
  readonly unknown: string[] = [];

  constructor(works: Work[], execution: Execution, language: Language) {
    this.#works = works;
    this.#execution = execution;
    this.#language = language;
    for (const work of works) {
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
    const l = labels[this.#language];
    const asking = this.#works.filter(({ task }) => task.lookups.length > 0);
    const table = this.#execution.tables.filter(({ title }) => title === l.looked)[asking.indexOf(work)];
    return table ? rowsOf(table, [l.words, l.value, l.column, 'not', l.rows, 'also']) : [];
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
    const ja = this.#language === 'ja';
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
    return this.#language === 'ja'
      ? `> ${missing.map((word) => `「${word}」`).join('')}はデータの中に見つからなかったため、この答えはそれによって絞り込まれていません。`
      : `> ${missing.map((word) => `“${word}”`).join(', ')} was not found in the data, so this answer is not limited to it.`;
  }
}
