import type { InputIssue } from '../../errors.ts';
import { compileExpression, type Expression, ExpressionError } from './expressions.ts';
import type { CompiledThread } from './graph.ts';
import type { Problems } from './problems.ts';
import { compileSchema, type Schema, SchemaError } from './schemas.ts';
import { compileTemplate } from './templates.ts';
import type { ThreadDefinition, ThreadKind } from './types.ts';

/** The kinds whose jobs somebody else runs. */
export type WorkKind = Exclude<ThreadKind, 'TRANSFORM'>;

/**
 * What each kind has against an input.
 *
 * @param open More may flow in before the thread runs, so that what is missing may come.
 */
export type InputChecks = Readonly<
  Record<WorkKind, (input: Record<string, unknown>, open: boolean) => InputIssue[]>
>;

type Parts = Pick<CompiledThread, 'template' | 'expression' | 'inputSchema' | 'outputSchema'>;

/** @param fed Whether dependencies add to its input. */
export function compileThread(
  thread: ThreadDefinition,
  fed: boolean,
  checks: InputChecks | undefined,
  problems: Problems,
): Parts {
  const { expression, ...rest } = thread.input;
  const transforms = thread.kind === 'TRANSFORM';
  const { template, problems: wrong } = compileTemplate(transforms ? rest : thread.input);
  for (const { path, message } of wrong) invalid(thread, path, message, problems);
  if (thread.kind !== 'TRANSFORM' && checks && wrong.length === 0)
    for (const { path, message } of checks[thread.kind](template.fixed, fed || template.dynamic))
      invalid(thread, path, message, problems);

  return {
    template,
    expression: transforms ? compileTransform(thread, expression, problems) : null,
    inputSchema: schemaOf(thread, 'inputSchema', problems, checks === undefined),
    outputSchema: schemaOf(thread, 'outputSchema', problems, checks === undefined),
  };
}

const invalid = (thread: ThreadDefinition, path: string, message: string, problems: Problems) =>
  problems.add('INVALID_THREAD_INPUT', `Thread ${thread.name}: input.${path}: ${message}`, [thread.name]);

function compileTransform(thread: ThreadDefinition, text: unknown, problems: Problems): Expression | null {
  try {
    if (typeof text === 'string') return compileExpression(text, ['inputs', 'input'], 'VALUE');
    invalid(thread, 'expression', 'is required: CEL over `inputs` and `input`', problems);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    invalid(thread, 'expression', error.message, problems);
  }
  return null;
}

function schemaOf(
  thread: ThreadDefinition,
  field: 'inputSchema' | 'outputSchema',
  problems: Problems,
  lazily: boolean,
): Schema | null {
  const schema = thread[field];
  if (schema === undefined || schema === null) return null;
  // Compiling costs a millisecond; of a definition that was checked before, only those are needed that are used.
  if (lazily) return { check: (value) => compileSchema(schema).check(value) };
  try {
    return compileSchema(schema);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    problems.add('INVALID_SCHEMA', `Thread ${thread.name}: ${field}: ${error.message}`, [thread.name]);
    return null;
  }
}
