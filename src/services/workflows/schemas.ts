import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { InputIssue } from '../../errors.ts';
import { isObject, nestsDeeper } from './json.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { compilePattern } from './patterns.ts';
import { TooSlowError, within } from './wall.ts';

/** A JSON Schema that cannot be used. The message is for whoever wrote it. */
export class SchemaError extends Error {}

export interface Schema {
  /**
   * What is wrong with a value, the worst ten at most; nothing where it is valid. Paths are dotted, and empty for the
   * value itself. A check that takes longer than an expression may is an issue, too.
   */
  check(value: unknown): InputIssue[];
}

const ISSUES = 10;
/** Larger values are told their first issue only: finding them all makes an object for each. */
const ALL_ISSUES_LENGTH = 65_536;
/** Compiled schemas kept, by content. One takes about a millisecond to compile and 20 KB to keep. */
const KEPT = 1_000;
const kept = new Map<string, Schema>();

/**
 * Draft 2020-12, or draft-07 where `$schema` says so. References stay within the schema; formats are not checked;
 * patterns are RE2's.
 *
 * @throws {SchemaError}
 */
export function compileSchema(schema: unknown): Schema {
  const content = contentOf(schema);
  const known = kept.get(content);
  if (known) return known;

  // Parsed again, so that nobody can change it behind the cache.
  const compiled = compile(JSON.parse(content));
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(content, compiled);
  return compiled;
}

/**
 * The schema as JSON.
 *
 * @throws {SchemaError} It is none, or beyond the limits.
 */
export function contentOf(schema: unknown): string {
  if (typeof schema !== 'boolean' && !isObject(schema))
    throw new SchemaError('A JSON Schema is an object, or true or false.');
  if (nestsDeeper(schema, GRAPH_LIMITS.schemaDepth))
    throw new SchemaError(`A JSON Schema may nest ${GRAPH_LIMITS.schemaDepth} deep.`);
  const content = JSON.stringify(schema);
  if (content.length > GRAPH_LIMITS.schemaLength)
    throw new SchemaError(
      `A JSON Schema may have ${GRAPH_LIMITS.schemaLength} characters; this one has ${content.length}.`,
    );
  return content;
}

const OPTIONS: Options = {
  strict: false,
  validateFormats: false,
  // Else every object would seem to have a property `constructor`.
  ownProperties: true,
  // Copying referenced schemas to where they are used can grow without bound.
  inlineRefs: false,
  logger: false,
  code: { regExp: Object.assign((source: string) => compilePattern(source), { code: 'linear' }) },
};
type Draft = typeof Ajv | typeof Ajv2020;
const DRAFTS: readonly [name: RegExp, Draft][] = [
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/, Ajv2020],
  [/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/, Ajv],
];

function draftOf(schema: unknown): Draft {
  const named = isObject(schema) ? schema.$schema : undefined;
  if (named === undefined) return Ajv2020;
  const known = typeof named === 'string' && DRAFTS.find(([name]) => name.test(named));
  if (!known)
    throw new SchemaError(`$schema may be draft 2020-12 or draft-07, not ${JSON.stringify(named)}.`);
  return known[1];
}

/** One per draft, to check schemas themselves. They keep nothing of what they check. */
const judges = new Map<Draft, InstanceType<Draft>>();

function judge(schema: unknown, draft: Draft): void {
  const known = judges.get(draft) ?? new draft({ ...OPTIONS, allErrors: true });
  judges.set(draft, known);
  if (known.validateSchema(schema as object)) return;
  const [first] = issuesOf(known.errors);
  throw new SchemaError(`The JSON Schema is not valid: ${first?.path || 'the schema'} ${first?.message}.`);
}

/**
 * Each schema has an instance of its own, so that no `$id` of one graph can be seen by another. Without metaschemas
 * it costs little, and `$ref` finds nothing but what the schema itself holds.
 */
function compile(schema: object | boolean): Schema {
  const draft = draftOf(schema);
  const make = (allErrors: boolean): ValidateFunction => {
    const validate = new draft({ ...OPTIONS, allErrors, meta: false, validateSchema: false }).compile(schema);
    if ('$async' in validate) throw new SchemaError('A JSON Schema with $async cannot be used.');
    return validate;
  };
  const quick = guarded(() => {
    judge(schema, draft);
    return make(false);
  });
  let thorough: ValidateFunction | undefined;

  return {
    check(value) {
      try {
        return within(GRAPH_LIMITS.evaluationMs, () => {
          if (quick(value)) return [];
          if (JSON.stringify(value).length > ALL_ISSUES_LENGTH) return issuesOf(quick.errors);
          thorough ??= make(true);
          thorough(value);
          return issuesOf(thorough.errors);
        });
      } catch (error) {
        // A schema may refer to itself without end, or to too much.
        if (!(error instanceof TooSlowError || error instanceof RangeError)) throw error;
        return [{ path: '', message: `could not be checked against its JSON Schema: ${error.message}` }];
      }
    },
  };
}

function guarded<T>(make: () => T): T {
  try {
    return within(GRAPH_LIMITS.schemaMs, make);
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SchemaError(`The JSON Schema cannot be used: ${reason}.`, { cause: error });
  }
}

function issuesOf(errors: ErrorObject[] | null | undefined): InputIssue[] {
  return (errors ?? []).slice(0, ISSUES).map((error) => ({
    path: error.instancePath.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~'),
    message: explained(error),
  }));
}

/** Ajv's sentence, with the names that it leaves out. */
function explained({ keyword, params, message = 'is not valid' }: ErrorObject): string {
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties')
    return `must not have the property '${params.additionalProperty ?? params.unevaluatedProperty}'`;
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params.allowedValues).slice(0, 200)}`;
  if (keyword === 'const') return `must be ${JSON.stringify(params.allowedValue).slice(0, 200)}`;
  return message.slice(0, 500);
}
