import { type DocumentNode, type GraphQLSchema, getOperationAST } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import type { Call } from '../call.ts';
import type { QueryBounds } from '../documents.ts';
import { operationKey } from '../operation-key.ts';
import { Recent } from '../recent.ts';
import type { OurYoga } from '../yoga.ts';

/** Operations that are kept; as many as Yoga keeps documents. */
const KEPT = 250;

export interface Operation {
  document: DocumentNode;
  name: string | undefined;
}

interface Needs {
  schema: GraphQLSchema;
  yoga: OurYoga;
  bounds: QueryBounds;
}

/** Queries and mutations that were parsed and found valid, by operation name and text. */
export class Operations {
  readonly #needs: Needs;
  readonly #kept = new Recent<Operation>(KEPT);

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Undefined: something about the request is unusual or wrong, and Yoga is to say what. */
  find(params: GraphQLParams, call: Call): Operation | undefined {
    if (!isPlain(params)) return undefined;
    const key = operationKey(params);
    const known = this.#kept.get(key);
    try {
      const found = known ?? this.#prepare(params, call);
      if (!found) return undefined;
      this.#needs.bounds.check(this.#needs.schema, found.document, params.variables ?? {});
      if (!known) this.#kept.set(key, found);
      return found;
    } catch {
      // Yoga meets the same error again, and answers with it.
      return undefined;
    }
  }

  #prepare(params: PlainParams, call: Call): Operation | undefined {
    const { parse, validate, schema } = this.#needs.yoga.getEnveloped({ call, params });
    const document: DocumentNode = parse(params.query);
    const errors: readonly unknown[] = validate(schema, document);
    const operation = getOperationAST(document, params.operationName);
    if (errors.length > 0 || !operation || operation.operation === 'subscription') return undefined;
    return { document, name: operation.name?.value };
  }
}

type PlainParams = Omit<GraphQLParams, 'query'> & { query: string };

const NAMES = new Set(['query', 'variables', 'operationName', 'extensions']);

/** Only what the specification knows, each of its type. */
function isPlain(params: GraphQLParams): params is PlainParams {
  if (Array.isArray(params)) return false;
  for (const name in params) if (!NAMES.has(name)) return false;
  const { query, variables, operationName, extensions } = params;
  return (
    typeof query === 'string' &&
    (operationName == null || typeof operationName === 'string') &&
    isObjectOrNothing(variables) &&
    isObjectOrNothing(extensions)
  );
}

const isObjectOrNothing = (value: unknown): boolean =>
  value == null || (typeof value === 'object' && !Array.isArray(value));
