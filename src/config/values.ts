import { z } from 'zod';

/** One name of the environment: how its text is read, and what it means. */
export interface Setting {
  schema: z.ZodType;
  /** As text; undefined: the setting is absent then. */
  default: string | undefined;
  meaning: string;
}

/** Both bounds included. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `an integer from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `an integer from ${min} to ${max}`);

/** Above 0. */
export const decimal = (rule: string) =>
  z
    .string()
    .transform(Number)
    .refine((value) => Number.isFinite(value) && value > 0, rule);

export const httpUrl = z.string().regex(/^https?:\/\/[^\s]+$/, 'a URL that begins with http:// or https://');

export const oneOf = <const Values extends [string, ...string[]]>(...values: Values) =>
  z.enum(values, { error: `one of ${values.join(', ')}` });
