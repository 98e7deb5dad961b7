import { camel, type FileProblem, type Path, type YamlDocument } from './workflow-yaml.ts';

/** GraphQL's integers. */
const GREATEST = 2 ** 31 - 1;

/** What is wrong with a file, and whether enough of it could be read to ask a gateway for its opinion. */
export class Complaints {
  readonly problems: FileProblem[] = [];
  readonly #document: YamlDocument;
  /** Some part of the file could not be understood, so that others would seem wrong only because of it. */
  isTorn = false;

  constructor(document: YamlDocument) {
    this.#document = document;
  }

  /** A part that cannot be used. */
  refuse(path: Path, message: string): void {
    this.isTorn = true;
    this.mention(path, message);
  }

  /** A part that everything else is understood without. */
  mention(path: Path, message: string): void {
    this.problems.push({ line: this.#document.lineOf(path), message: `${wordsOf(path)}${message}` });
  }
}

const wordsOf = (path: Path) => (path.length > 0 ? `${path.join('.')}: ` : '');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of one mapping of the file, by their names in camelCase; `snake_case` is the same to it. */
export class Fields {
  readonly path: Path;
  readonly #complaints: Complaints;
  readonly #values = new Map<string, { key: string; value: unknown }>();
  readonly #isMapping: boolean;

  constructor(value: unknown, path: Path, complaints: Complaints) {
    this.path = path;
    this.#complaints = complaints;
    this.#isMapping = isObject(value);
    if (!isObject(value)) {
      complaints.refuse(path, 'must be a mapping, with a `name: value` on each line');
      return;
    }
    for (const [key, field] of Object.entries(value)) {
      const name = camel(key);
      const earlier = this.#values.get(name);
      if (earlier) complaints.refuse([...path, key], `is there as ${earlier.key} already`);
      // What is left empty is not there.
      else if (field !== null) this.#values.set(name, { key, value: field });
    }
  }

  /** The first of these names that is there; two of them that differ are refused. */
  #take(names: readonly string[]): { at: Path; value: unknown } | undefined {
    const found = names.flatMap((name) => {
      const field = this.#values.get(name);
      this.#values.delete(name);
      return field ? [field] : [];
    });
    const [first, ...others] = found;
    for (const { key, value } of others)
      if (JSON.stringify(value) !== JSON.stringify(first?.value))
        this.#complaints.refuse([...this.path, key], `says something else than ${first?.key}`);
    return first && { at: [...this.path, first.key], value: first.value };
  }

  text(...names: string[]): string | undefined {
    const field = this.#take(names);
    if (field === undefined || typeof field.value === 'string') return field?.value as string | undefined;
    this.#complaints.refuse(field.at, 'must be text; quotes make a text of anything');
    return undefined;
  }

  /** Complains where none of these is there, by the first of them. */
  require(...names: string[]): void {
    if (this.#isMapping && !names.some((name) => this.#values.has(name)))
      this.#complaints.refuse(this.path, `${snake(names[0] ?? '')} is missing`);
  }

  /** Text that has to be there. */
  required(...names: string[]): string | undefined {
    this.require(...names);
    return this.text(...names);
  }

  integer(...names: string[]): number | undefined {
    const field = this.#take(names);
    if (field === undefined) return undefined;
    const { value } = field;
    if (Number.isInteger(value) && Math.abs(value as number) <= GREATEST) return value as number;
    this.#complaints.refuse(field.at, 'must be an integer');
    return undefined;
  }

  flag(...names: string[]): boolean | undefined {
    const field = this.#take(names);
    if (field === undefined || typeof field.value === 'boolean') return field?.value as boolean | undefined;
    this.#complaints.refuse(field.at, 'must be true or false');
    return undefined;
  }

  /** One of the API's words, in any case and with `-` or `_`. */
  word<Word extends string>(words: readonly Word[], ...names: string[]): Word | undefined {
    const field = this.#take(names);
    if (field === undefined) return undefined;
    const wanted = String(field.value).toUpperCase().replaceAll('-', '_');
    const word = words.find((word) => word === wanted);
    if (!word) this.#complaints.refuse(field.at, `must be one of: ${words.join(', ').toLowerCase()}`);
    return word;
  }

  /** Any JSON value: a schema, or an input. */
  json(...names: string[]): unknown {
    const field = this.#take(names);
    if (field && holdsInfinity(field.value))
      this.#complaints.refuse(field.at, 'holds a number that JSON has not');
    return field?.value;
  }

  object(...names: string[]): Record<string, unknown> | undefined {
    const at = this.#place(names);
    const value = this.json(...names);
    if (value === undefined || isObject(value)) return value;
    this.#complaints.refuse(at, 'must be a mapping');
    return undefined;
  }

  /** The fields of a mapping inside this one. */
  inside(...names: string[]): Fields | undefined {
    const field = this.#take(names);
    return field && new Fields(field.value, field.at, this.#complaints);
  }

  /** The elements of a list, or of a mapping by name, each with its place; undefined where there is none. */
  each(...names: string[]): { value: unknown; at: Path; name: string | null }[] | undefined {
    const field = this.#take(names);
    if (field === undefined) return undefined;
    const { at, value } = field;
    if (Array.isArray(value))
      return value.map((element, index) => ({ value: element, at: [...at, index], name: null }));
    if (isObject(value))
      return Object.entries(value).map(([name, element]) => ({ value: element, at: [...at, name], name }));
    this.#complaints.refuse(at, 'must be a list');
    return [];
  }

  /** Whatever was not asked for is nothing that anybody knows. */
  done(): void {
    for (const { key } of this.#values.values())
      this.#complaints.mention([...this.path, key], 'is nothing that a workflow has here');
  }

  #place(names: readonly string[]): Path {
    const name = names.find((name) => this.#values.has(name)) ?? names[0]!;
    return [...this.path, this.#values.get(name)?.key ?? name];
  }
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** JSON would write null for `.inf` and `.nan`. */
function holdsInfinity(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsInfinity);
}
