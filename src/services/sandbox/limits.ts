import type { DatasetLimits, SandboxLimits } from './types.ts';

export const defaultLimits: SandboxLimits = {
  timeoutMs: 30_000,
  // A child that has DuckDB, QuickJS and Vega loaded and nothing else to do stands at about 190 MiB.
  memoryBytes: 1024 * 2 ** 20,
  outputCharacters: 100_000,
  tables: 20,
  tableRows: 1_000,
  charts: 20,
  queryRows: 100_000,
  // The parent parses the answer in one go: 8 MiB hold its event loop up for some 40 ms.
  resultCharacters: 8 * 2 ** 20,
};

export const defaultDatasetLimits: DatasetLimits = { columns: 1_000, rows: 10_000_000 };
