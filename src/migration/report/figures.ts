/** Three digits: `12.3 ms`, `1.23 s`. */
export const duration = (ms: number): string =>
  ms >= 1_000 ? `${digits(ms / 1_000)} s` : `${digits(ms)} ms`;

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 2 : 1)} %`;

/** A change with its sign, of a number that is in percent already. */
export const change = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)} %`;

export const mebibytes = (bytes: number): string => `${digits(bytes / 2 ** 20)} MiB`;

/** Also of numbers far from 1, as probabilities and evidence are. */
export const scientific = (value: number): string =>
  value !== 0 && (value < 0.001 || value >= 10_000) ? value.toExponential(1) : digits(value);

function digits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}
