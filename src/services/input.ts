import { type InputIssue, InvalidInputError } from '../errors.ts';

/** Characters of a model's name. */
export const LONGEST_MODEL = 200;

/** The texts of a kind of input: the most characters of each. Whoever accepts such input keeps to them. */
export type TextBounds<Field extends string> = Readonly<Record<Field, number>>;

/** Collects what is wrong with an input, so that a client hears of everything at once. */
export class InputCheck {
  readonly #issues: InputIssue[] = [];

  /** Notes `message` for the field unless `ok`. */
  require(ok: boolean, path: string, message: string): this {
    if (!ok) this.#issues.push({ path: `input.${path}`, message });
    return this;
  }

  /** Text of 1 to `max` characters that is not blank and that a database can hold; null and undefined pass. */
  text(path: string, value: string | null | undefined, max: number): this {
    if (value === null || value === undefined) return this;
    this.require(value.trim() !== '', path, 'must not be empty');
    this.require(!value.includes('\0'), path, 'must not contain NUL characters');
    return this.require(
      value.length <= max,
      path,
      `must have at most ${max} characters; it has ${value.length}`,
    );
  }

  /** Each as `text` has it. */
  texts<Field extends string>(
    bounds: TextBounds<Field>,
    values: Readonly<Partial<Record<Field, string | null | undefined>>>,
  ): this {
    for (const field of Object.keys(bounds) as Field[]) this.text(field, values[field], bounds[field]);
    return this;
  }

  range(path: string, value: number, least: number, most: number): this {
    return this.require(value >= least && value <= most, path, `must be ${least} to ${most}`);
  }

  /** What is wrong so far. */
  get issues(): readonly InputIssue[] {
    return this.#issues;
  }

  /** @throws {InvalidInputError} */
  done(): void {
    if (this.#issues.length > 0) throw new InvalidInputError(this.#issues);
  }
}
