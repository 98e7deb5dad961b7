import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { type Scenario, scenarioFile } from './scenario.ts';

/** Of one file, bytes. */
const LARGEST_FILE = 64 * 1024;
const MOST_FILES = 500;
/** A scenario that refers to itself again and again is no scenario. */
const MOST_ALIASES = 20;

export interface FoundScenario {
  file: string;
  scenario: Scenario;
}

/** What is wrong with a folder or its files, a line each, with the file's name first. */
export class Complaints {
  readonly #lines: string[] = [];

  get lines(): readonly string[] {
    return this.#lines;
  }

  add(file: string, message: string): void {
    this.#lines.push(`${file}: ${message}`);
  }
}

/** The scenarios of a folder: its files that end in `.yaml` or `.yml`, in the order of their names. */
export function readScenarios(folder: string, complaints: Complaints): FoundScenario[] {
  const names = namesIn(folder, complaints);
  if (names.length > MOST_FILES) {
    complaints.add(folder, `has ${names.length} scenarios; at most ${MOST_FILES} are allowed`);
    return [];
  }
  return names.flatMap((name) => {
    const file = join(folder, name);
    const scenario = readScenario(file, complaints);
    return scenario ? [{ file, scenario }] : [];
  });
}

function namesIn(folder: string, complaints: Complaints): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.ya?ml$/.test(name))
      .sort();
  } catch (error) {
    complaints.add(folder, `cannot be read: ${(error as Error).message}`);
    return [];
  }
}

function readScenario(file: string, complaints: Complaints): Scenario | undefined {
  const text = textOf(file, complaints);
  if (text === undefined) return undefined;

  const document = parseDocument(text);
  const faults = [...document.errors, ...document.warnings];
  for (const { message } of faults) complaints.add(file, `is no YAML: ${firstLine(message)}`);
  if (faults.length > 0) return undefined;

  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    complaints.add(file, `is no YAML: ${firstLine((error as Error).message)}`);
    return undefined;
  }
  const result = scenarioFile.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues)
    complaints.add(file, path.length > 0 ? `${path.join('.')} ${message}` : message);
  return undefined;
}

function textOf(file: string, complaints: Complaints): string | undefined {
  try {
    const { size } = statSync(file);
    if (size <= LARGEST_FILE) return readFileSync(file, 'utf8');
    complaints.add(file, `has ${size} bytes; at most ${LARGEST_FILE} are allowed`);
  } catch (error) {
    complaints.add(file, `cannot be read: ${(error as Error).message}`);
  }
  return undefined;
}

/** The parser draws the place under its message; the line and column in the message are enough. */
const firstLine = (message: string): string => message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
