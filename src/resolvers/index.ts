/**
 * Resolvers: one sentence per field, mirroring `schema/`. They hand arguments to services and know nothing else;
 * whatever wants an `if` is a service's method that is missing.
 */
export { type About, type Context, contextsOver } from './context.ts';
