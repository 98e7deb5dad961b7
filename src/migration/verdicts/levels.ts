/** The probability of an alarm without a cause that we accept, over all rules and all looks. */
export const ALPHA = 0.05;
/**
 * An e-value that confirms: alpha is split over three. Errors, response time and time to first text have one process
 * each; memory's confirmation has no probability, because its samples depend on each other.
 */
export const CONFIRMING = 3 / ALPHA;
/** A new p95 may be so many times the legacy one. */
export const SLOWER = 1.1;
/** The new service may hold so many times the legacy one's memory. */
export const LARGER = 1.2;
/** Calls, and sessions, of each service below which nothing passes. */
export const LEAST_REQUESTS = 300;
export const LEAST_SESSIONS = 50;
/** Legacy calls before its p95 is known well enough to judge by. */
export const LEAST_LEGACY = 200;
