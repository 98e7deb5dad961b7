import { fileURLToPath } from 'node:url';
import type { Scenario } from './scenario.ts';
import { Complaints, readScenarios } from './scenario-files.ts';

/** Those that come with the gateway. */
const LIBRARY = fileURLToPath(new URL('./library/', import.meta.url));

/** Scenario files are wrong. The message has a line for everything that is: file, field, and what is allowed. */
export class ScenarioFilesError extends Error {
  override readonly name = 'ScenarioFilesError';
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(`The scenarios are wrong.\n  ${complaints.join('\n  ')}`);
    this.complaints = complaints;
  }
}

/** The role plays that there are. They are read once, when the gateway starts. */
export class Scenarios {
  readonly #byId: ReadonlyMap<string, Scenario>;

  /**
   * @param folder One more, beside those that come with the gateway.
   * @throws {ScenarioFilesError} A file is wrong, or two have the same id.
   */
  constructor(folder?: string) {
    const complaints = new Complaints();
    const found = [LIBRARY, ...(folder ? [folder] : [])].flatMap((from) => readScenarios(from, complaints));

    const files = new Map<string, string>();
    for (const { file, scenario } of found) {
      const other = files.get(scenario.id);
      if (other) complaints.add(file, `id ${scenario.id} is taken by ${other}`);
      else files.set(scenario.id, file);
    }
    if (complaints.lines.length > 0) throw new ScenarioFilesError(complaints.lines);

    const sorted = found.map(({ scenario }) => scenario).sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#byId = new Map(sorted.map((scenario) => [scenario.id, scenario]));
  }

  /** In the order of their ids, which no restart changes. */
  list(): readonly Scenario[] {
    return [...this.#byId.values()];
  }

  find(id: string): Scenario | null {
    return this.#byId.get(id) ?? null;
  }
}
