/** Lanczos' coefficients for g = 7; the relative error stays below 1e-14. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
/** A term this much smaller than the sum changes no digit of it. */
const NEGLIGIBLE = 1e-18;

/** ln x! */
function logFactorial(x: number): number {
  const t = x + 7.5;
  const series = LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (x + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(series);
}

/** P[X <= x] of a binomial, summed from the largest term away: x terms at most, and far fewer in the tails. */
export function binomialCdf(x: number, n: number, p: number): number {
  if (x < 0) return 0;
  if (x >= n || p <= 0) return 1;
  if (p >= 1) return 0;
  const k = Math.floor(x);
  // Terms shrink away from the mean: the tail on x's own side is the one that is summed.
  if (k > n * p) return 1 - binomialCdf(n - k - 1, n, 1 - p);
  const odds = (1 - p) / p;
  let term = Math.exp(
    logFactorial(n) - logFactorial(k) - logFactorial(n - k) + k * Math.log(p) + (n - k) * Math.log1p(-p),
  );
  let sum = 0;
  for (let i = k; i >= 0 && term > sum * NEGLIGIBLE; i -= 1) {
    sum += term;
    term *= (i / (n - i + 1)) * odds;
  }
  return Math.min(sum, 1);
}

/** P[X > x] of a chi-square with one degree of freedom: both tails of a normal beyond the root of x. */
export const chiSquareTail = (x: number): number => (x <= 0 ? 1 : 2 * normalTail(Math.sqrt(x)));

/** P[Z > z] of a standard normal: its series near 0, its continued fraction beyond; exact to 1e-14. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let k = 3; term > sum * NEGLIGIBLE; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = z;
  for (let k = 120; k >= 1; k -= 1) fraction = z + k / fraction;
  return density / fraction;
}
