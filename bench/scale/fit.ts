/** Least squares: what each further thing costs, from measurements of many things at once. */

/** What was done, by the name of its cost, and what it took. */
export interface Point {
  did: Record<string, number>;
  took: number;
}

export interface Fit {
  /** What one of each takes. */
  costs: Record<string, number>;
  /** The share of the points' variation that the costs explain. */
  r2: number;
  /** The largest deviation, as a share of what the point took. */
  worst: number;
  points: number;
}

/**
 * The costs whose sum comes nearest to what the points took. Deviations count relative to the point's size, because
 * that is how measurements err. No cost is negative: what would be is left out, as 0.
 */
export function leastSquares(points: readonly Point[]): Fit {
  let names = [...new Set(points.flatMap(({ did }) => Object.keys(did)))];
  if (points.length < names.length)
    throw new Error(`${names.length} costs cannot be told from ${points.length} points.`);

  const left: string[] = [];
  for (;;) {
    const found = solve(...normalEquations(points, names));
    const least = found.indexOf(Math.min(...found));
    if ((found[least] ?? 0) >= 0) {
      const costs = Object.fromEntries([
        ...names.map((name, i) => [name, found[i] ?? 0]),
        ...left.map((name) => [name, 0]),
      ]);
      return { costs, ...deviations(points, costs), points: points.length };
    }
    left.push(...names.splice(least, 1));
    names = [...names];
  }
}

function deviations(points: readonly Point[], costs: Record<string, number>): Pick<Fit, 'r2' | 'worst'> {
  const mean = points.reduce((sum, { took }) => sum + took, 0) / points.length;
  let unexplained = 0;
  let all = 0;
  let worst = 0;
  for (const { did, took } of points) {
    const deviation = took - total(did, costs);
    unexplained += deviation ** 2;
    all += (took - mean) ** 2;
    worst = Math.max(worst, Math.abs(deviation / took));
  }
  return { r2: all === 0 ? 1 : 1 - unexplained / all, worst };
}

const total = (did: Record<string, number>, costs: Record<string, number>): number =>
  Object.entries(did).reduce((sum, [name, count]) => sum + count * (costs[name] ?? 0), 0);

function normalEquations(points: readonly Point[], names: readonly string[]): [number[][], number[]] {
  const matrix = names.map((row) =>
    names.map((column) =>
      points.reduce((sum, { did, took }) => sum + ((did[row] ?? 0) * (did[column] ?? 0)) / took ** 2, 0),
    ),
  );
  const right = names.map((row) => points.reduce((sum, { did, took }) => sum + (did[row] ?? 0) / took, 0));
  return [matrix, right];
}

/** Gauss and Jordan, the largest pivot first. */
function solve(matrix: number[][], right: number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (let column = 0; column < rows.length; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column] ?? 0));
    const best = column + below.indexOf(Math.max(...below));
    const pivot = rows[best]!;
    const value = pivot[column] ?? 0;
    if (value === 0) throw new Error('The points do not tell the costs apart.');
    rows[best] = rows[column]!;
    rows[column] = pivot.map((cell) => cell / value);
    for (const [i, row] of rows.entries())
      if (i !== column)
        rows[i] = row.map((cell, at) => cell - (row[column] ?? 0) * (rows[column]?.[at] ?? 0));
  }
  return rows.map((row) => row.at(-1) ?? 0);
}
