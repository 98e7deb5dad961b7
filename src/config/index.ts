/**
 * Configuration: every name of the environment that the gateway reads, with what it means. It knows nothing else;
 * what each part of the gateway wants of it, `settings.ts` says. docs/configuration.md is printed from here.
 */
import type { z } from 'zod';
import { keeping } from './keeping.ts';
import { legacy } from './legacy.ts';
import { models } from './models.ts';
import { moving } from './moving.ts';
import { serving } from './serving.ts';
import type { Setting } from './values.ts';

export type { Setting } from './values.ts';

/** A wrong value in the environment: says which, what it is, and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** By what they are about, in the order in which they are read about. */
export const GROUPS: Record<string, Record<string, Setting>> = {
  'Answering clients': serving,
  'What is kept, and where': keeping,
  Models: models,
  'The legacy application': legacy,
  'Moving traffic': moving,
};

/** Every name that is read. */
export const SETTINGS = { ...serving, ...keeping, ...models, ...legacy, ...moving };

const SECRET = /TOKEN|KEY|SECRET|URL/;

export type Config = {
  [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]['default'] extends string
    ? z.output<(typeof SETTINGS)[Name]['schema']>
    : z.output<(typeof SETTINGS)[Name]['schema']> | undefined;
};

/**
 * Reads the environment. An empty value is an absent one.
 *
 * @throws {ConfigError} Names every wrong value; those that may hold a secret are not repeated.
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const wrong: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]) => {
    const value = environment[name] || setting.default;
    if (value === undefined) return [name, undefined];

    const result = setting.schema.safeParse(value);
    if (result.success) return [name, result.data];
    const allowed = result.error.issues[0]?.message ?? 'another value';
    wrong.push(`${name}=${SECRET.test(name) ? '…' : value}: must be ${allowed}.`);
    return [name, undefined];
  });
  const config = Object.fromEntries(entries) as Config;
  if (wrong.length === 0 && !config.DATABASE_URL && config.ROLE !== 'all')
    wrong.push(
      `ROLE=${config.ROLE}: must be all, because the embedded database has one process. Set DATABASE_URL.`,
    );
  if (wrong.length === 0 && config.UNLEASH_URL && !config.UNLEASH_API_TOKEN)
    wrong.push('UNLEASH_API_TOKEN: must be set beside UNLEASH_URL.');
  if (wrong.length > 0) throw new ConfigError(`The configuration is wrong.\n  ${wrong.join('\n  ')}`);
  return config;
}
