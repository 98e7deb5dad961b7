/** How figures are made: rounds that take turns, medians, and every figure beside a floor of the same minutes. */

/** A line of the table. */
export interface Line {
  /** What was measured. Lines of one name stand together, the floor first. */
  what: string;
  who: string;
  /** As a multiple of the floor's. */
  ratio: string;
  /** In units of this machine, on a noisy day. */
  figure: string;
}

export interface Effort {
  /** Counted rounds; one more comes first and is thrown away. */
  rounds: number;
  /** Of load, in one round of one contestant. */
  seconds: number;
  /** What is done so many times instead, where there is no load: a fraction of the usual number. */
  share: number;
}

export const USUAL: Effort = { rounds: 5, seconds: 2, share: 1 };
/** Shows that everything runs; its figures mean nothing. */
export const QUICK: Effort = { rounds: 1, seconds: 1, share: 0.1 };

export interface Measurement {
  name: string;
  /** Too long for every day: runs where it is asked for, and is no part of the table. */
  onlyNamed?: true;
  measure(effort: Effort): Promise<Line[]>;
}

/** Values by contestant, the floor first, one per round. */
export type Results = Record<string, number[]>;

/** Lets contestants take turns, A B C A B C, so that a machine's slow minute is everybody's. The first round warms up. */
export async function takingTurns<Value = number>(
  rounds: number,
  contestants: Record<string, () => Promise<Value>>,
): Promise<Record<string, Value[]>> {
  const results: Record<string, Value[]> = Object.fromEntries(
    Object.keys(contestants).map((name) => [name, []]),
  );
  for (let round = 0; round <= rounds; round++)
    for (const [name, measure] of Object.entries(contestants)) {
      const value = await measure();
      if (round > 0) results[name]?.push(value);
    }
  return results;
}

/** One of several things that were measured in the same rounds. */
export const part = <Value>(results: Record<string, Value[]>, of: (value: Value) => number): Results =>
  Object.fromEntries(Object.entries(results).map(([who, values]) => [who, values.map(of)]));

/** Lines of the table from what was measured in turns; the first contestant is the floor. */
export function compared(what: string, unit: string, results: Results): Line[] {
  const [floor] = Object.values(results);
  return Object.entries(results).map(([who, values]) => ({
    what,
    who,
    ratio: values === floor ? '1' : `${rounded(versus(values, floor ?? values))} ×`,
    figure: figure(values, unit),
  }));
}

/** The middle of some values, and how far they are apart. */
export const figure = (values: number[], unit: string): string =>
  `${rounded(median(values))} ${unit} (${spread(values)})`;

/** The middle of the ratios round by round: neighbours in time shared the machine's mood. */
const versus = (values: number[], floor: number[]): number =>
  median(values.map((value, round) => value / (floor[round] ?? Number.NaN)));

/** Of many, what 5 % exceed; of a few, their range. */
function spread(values: number[]): string {
  if (values.length >= MANY) return `p95 ${rounded(quantile(values, 0.95))}`;
  return `${rounded(Math.min(...values))} to ${rounded(Math.max(...values))}`;
}

const MANY = 20;

export const median = (values: number[]): number => quantile(values, 0.5);

/** @param share From 0 to 1. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** Three digits that count: more would claim to know. */
const rounded = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 4 });

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Fails what takes longer than anybody should wait. */
export function within<Result>(seconds: number, what: string, work: Promise<Result>): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s.`)), seconds * 1_000);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

export const say = (message: string): void => console.error(message);
