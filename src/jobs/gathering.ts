/** Statements under way: the store has others to serve. */
const AT_ONCE = 4;

interface Asked<Question, Answer> {
  question: Question;
  answered: PromiseWithResolvers<Answer>;
}

/** Questions of one turn are one statement, and so are those that come while enough statements are under way. */
export class Gathering<Question, Answer> {
  readonly #most: number;
  readonly #answerAll: (questions: Question[]) => Promise<Answer[]>;
  #asked: Asked<Question, Answer>[] = [];
  #running = 0;
  #scheduled = false;

  /** @param most Questions that are answered together. */
  constructor(most: number, answerAll: (questions: Question[]) => Promise<Answer[]>) {
    this.#most = most;
    this.#answerAll = answerAll;
  }

  ask(question: Question): Promise<Answer> {
    const answered = Promise.withResolvers<Answer>();
    this.#asked.push({ question, answered });
    this.#schedule();
    return answered.promise;
  }

  #schedule(): void {
    if (this.#scheduled || this.#running >= AT_ONCE || this.#asked.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      void this.#answer(this.#asked.splice(0, this.#most));
      this.#schedule();
    });
  }

  /** Never throws: whoever asked hears of it. */
  async #answer(asked: Asked<Question, Answer>[]): Promise<void> {
    this.#running += 1;
    try {
      const answers = await this.#answerAll(asked.map(({ question }) => question));
      asked.forEach(({ answered }, place) => void answered.resolve(answers[place] as Answer));
    } catch (error) {
      for (const { answered } of asked) answered.reject(error);
    } finally {
      this.#running -= 1;
      this.#schedule();
    }
  }
}
