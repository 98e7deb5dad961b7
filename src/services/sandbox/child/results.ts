import { SandboxLimitError } from '../errors.ts';
import type { Chart, Execution, ResultTable, SandboxLimits } from '../types.ts';
import type { Ask } from './calls.ts';
import type { Drawing } from './chart.ts';
import { distinctNames } from './names.ts';
import type { Parameter } from './parameters.ts';
import type { Host } from './program.ts';

type CompileChart = (title: string, spec: unknown, rows: unknown) => Drawing;

const titleLength = 500;

/** Gathers what a program shows, within the limits. Everything that arrives here was written by the program. */
export class Results implements Host {
  readonly #limits: SandboxLimits;
  readonly #ask: Ask;
  readonly #compile: CompileChart;
  readonly #tables: ResultTable[] = [];
  readonly #drawings: Drawing[] = [];
  #output = '';
  #isCut = false;
  #characters = 0;

  constructor(limits: SandboxLimits, ask: Ask, compile: CompileChart) {
    this.#limits = limits;
    this.#ask = ask;
    this.#compile = compile;
  }

  sql(sql: string, parameters: string): unknown {
    const most = this.#limits.queryRows;
    const { columns, rows, truncated } = this.#ask({
      sql,
      parameters: JSON.parse(parameters) as Parameter[],
      most,
    });
    if (truncated) throw new SandboxLimitError('queryRows', most);
    return { columns, rows };
  }

  tableOf(title: string, sql: string): void {
    this.#refuseMore('tables', this.#tables.length);
    const { columns, rows, truncated } = this.#ask({ sql, parameters: [], most: this.#limits.tableRows });
    this.#spend(JSON.stringify(rows).length);
    this.#tables.push({ title: title.slice(0, titleLength), columns, rows, truncated });
  }

  table(title: string, columns: string, rows: string, truncated: boolean): void {
    this.#refuseMore('tables', this.#tables.length);
    this.#spend(columns.length + rows.length);
    this.#tables.push({
      title: title.slice(0, titleLength),
      columns: distinctNames(JSON.parse(columns) as string[], (name) => name),
      rows: JSON.parse(rows) as unknown[][],
      truncated,
    });
  }

  chart(title: string, spec: string, rows: string): void {
    this.#refuseMore('charts', this.#drawings.length);
    this.#spend(spec.length + rows.length);
    this.#drawings.push(
      this.#compile(
        title.slice(0, titleLength),
        JSON.parse(spec),
        rows === '' ? undefined : JSON.parse(rows),
      ),
    );
  }

  print(text: string): void {
    const room = this.#limits.outputCharacters - this.#output.length;
    if (this.#isCut) return;
    this.#isCut = text.length + 1 > room;
    this.#output += this.#isCut
      ? `${text.slice(0, Math.max(room, 0))}\n… (cut at ${this.#limits.outputCharacters} characters)\n`
      : `${text}\n`;
  }

  /** Draws the charts. */
  async finish(): Promise<Omit<Execution, 'durationMs'>> {
    const charts: Chart[] = [];
    for (const drawing of this.#drawings) {
      const chart = await drawing();
      this.#spend(chart.svg.length);
      charts.push(chart);
    }
    return { output: this.#output, tables: this.#tables, charts };
  }

  #refuseMore(what: 'tables' | 'charts', count: number): void {
    if (count >= this.#limits[what]) throw new SandboxLimitError(what, this.#limits[what]);
  }

  #spend(characters: number): void {
    this.#characters += characters;
    const allowed = this.#limits.resultCharacters;
    if (this.#characters > allowed) throw new SandboxLimitError('resultCharacters', allowed);
  }
}
