import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import { compileQuery } from 'graphql-jit';

/** Undefined where the document cannot be compiled; errors in a result have no locations. */
export type Compiled = (
  root: unknown,
  context: unknown,
  variables: Readonly<Record<string, unknown>>,
) => ExecutionResult | Promise<ExecutionResult> | undefined;

/** An operation as a function of its root value. */
export function compiled(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | undefined,
): Compiled {
  const made = attempt(() => compileQuery(schema, document, operationName));
  if (!made || !('query' in made)) return () => undefined;
  return (root, context, variables) => made.query(root, context, variables) as ExecutionResult;
}

/** It throws where it meets what it does not know; graphql-js then does the work. */
function attempt<Made>(make: () => Made): Made | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
