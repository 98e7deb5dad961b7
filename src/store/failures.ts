/**
 * True where the database was away, overloaded or shutting down, so that the same statement may succeed later;
 * false where it understood the statement and refused it.
 *
 * SQLSTATE classes: 08 connection, 40 rollback, 53 resources, 57 operator intervention, 25 transaction state.
 */
export function isUnavailable(error: unknown): boolean {
  // A fault in our own hands: BigInt or a cycle in what shall be JSON.
  if (error instanceof TypeError || error instanceof RangeError) return false;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return true;
  return ['08', '25', '40', '53', '57'].includes(code.slice(0, 2));
}
