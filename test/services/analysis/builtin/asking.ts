import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinAnalyst } from '../../../../src/services/analysis/builtin/index.ts';
import type { DatasetFormat, Execution, Profile } from '../../../../src/services/sandbox/index.ts';
import { Sandbox } from '../../../../src/services/sandbox/index.ts';

export interface Answer {
  code: string;
  report: string;
  execution: Execution;
  /** Rows of a table as objects; the first table unless another is named. */
  rows(title?: string): Array<Record<string, unknown>>;
}

/** A file of data that questions can be put to. */
export interface Data extends AsyncDisposable {
  profile: Profile;
  ask(message: string, language?: 'en' | 'ja'): Promise<Answer>;
}

const sandbox = new Sandbox({ concurrency: 2 });
const signal = AbortSignal.timeout(600_000);
const thinking = { sessionId: 'session_1', signal, used: async () => {} };

/** Opens a file on disk. */
export async function open(path: string, format: DatasetFormat = 'CSV'): Promise<Data> {
  const profile = await sandbox.profile({ path, format }, signal);
  const name = path.split('/').at(-1)!;
  return {
    profile,
    async ask(message, language = 'en') {
      const question = { message, language, dataset: { name, profile } };
      const plan = await builtinAnalyst.plan(question, thinking);
      const code = await builtinAnalyst.code(question, plan, undefined, thinking);
      const execution = await sandbox.run(code, { path, format }, signal);
      const pieces = await Array.fromAsync(builtinAnalyst.report(question, plan, execution, thinking));
      return { code, execution, report: pieces.join(''), rows: (title) => rowsOf(execution, title) };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Writes a file and opens it; it is gone when the data are disposed of. */
export async function given(text: string, format: DatasetFormat = 'CSV'): Promise<Data> {
  const folder = await mkdtemp(join(tmpdir(), 'builtin-'));
  const path = join(folder, `data.${format.toLowerCase()}`);
  await writeFile(path, text);
  const data = await open(path, format);
  return { ...data, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

function rowsOf({ tables }: Execution, title?: string) {
  const table =
    title === undefined
      ? tables.find((each) => !/looked up|探した語/.test(each.title))
      : tables.find((each) => each.title === title);
  if (!table) throw new Error(`No table ${title}; there are ${tables.map((each) => each.title).join(', ')}`);
  return table.rows.map((row) => Object.fromEntries(row.map((value, i) => [table.columns[i]!, value])));
}

export function csv(headings: string[], rows: unknown[][]): string {
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`;
  return `${[headings, ...rows].map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

/** Rows of a simple CSV file as objects of text; empty cells are null. */
export function parse(text: string): Array<Record<string, string | null>> {
  const [head, ...lines] = text.trim().split('\n');
  const headings = head!.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, i) => [headings[i]!, cell === '' ? null : cell])),
  );
}

export const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
export const mean = (values: number[]) => sum(values) / values.length;
export const median = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** Pearson's r of the pairs where both are known. */
export function correlation(pairs: Array<[number, number]>): number {
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const product = sum(pairs.map(([x, y]) => (x - mx) * (y - my)));
  return (
    product / Math.sqrt(sum(pairs.map(([x]) => (x - mx) ** 2)) * sum(pairs.map(([, y]) => (y - my) ** 2)))
  );
}
