/** What the sandbox is given and what it gives back: plain data, so that it can cross a process boundary. */

export type DatasetFormat = 'CSV' | 'TSV' | 'JSON' | 'NDJSON' | 'PARQUET';

export interface ColumnProfile {
  /** As the file spells it, made unique and never empty. */
  name: string;
  /** DuckDB's name of the column's type: `VARCHAR`, `BIGINT`, `DOUBLE`, `DATE`, `TIMESTAMP`, `BOOLEAN`, … */
  type: string;
  nullCount: number;
  distinctCount: number;
  /** Smallest and largest value as text; null where every value is null. */
  min: string | null;
  max: string | null;
  /** At most 5 values, the most frequent first. */
  examples: string[];
}

export interface Profile {
  rowCount: number;
  columns: ColumnProfile[];
}

/** A file of rows on this machine's disk. */
export interface TableFile {
  path: string;
  format: DatasetFormat;
}

export interface ResultTable {
  title: string;
  columns: string[];
  /** JSON values. Integers beyond 2^53 and decimals that would lose digits are strings. Dates are ISO 8601. */
  rows: unknown[][];
  /** True where more rows existed than `SandboxLimits.tableRows`. */
  truncated: boolean;
}

export interface Chart {
  title: string;
  /** A complete Vega-Lite specification with its data inline. */
  vegaLite: Record<string, unknown>;
  svg: string;
}

/** What a program did. */
export interface Execution {
  output: string;
  tables: ResultTable[];
  charts: Chart[];
  durationMs: number;
}

export interface SandboxLimits {
  /** Wall time of one program or profile, milliseconds. */
  timeoutMs: number;
  /** Resident memory of the child process, bytes. */
  memoryBytes: number;
  /** Characters that `print` may add up to. */
  outputCharacters: number;
  tables: number;
  /** Rows kept of one `table()`. */
  tableRows: number;
  charts: number;
  /** Rows that one `sql()` hands to the program. */
  queryRows: number;
  /** Characters of JSON that a whole execution may come to, tables, charts and output together. */
  resultCharacters: number;
}

export interface DatasetLimits {
  columns: number;
  rows: number;
}
