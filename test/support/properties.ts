import fc from 'fast-check';

/**
 * The seed of every property of a run, so that the same commit always answers the same. Another one, or `random`, by
 * PROPERTY_SEED: to look for what nobody has met yet, and to meet again what was found.
 */
const { PROPERTY_SEED: given = '20' } = process.env;

if (given !== 'random') fc.configureGlobal({ seed: Number(given) });
