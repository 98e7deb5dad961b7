import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  type execute,
  type GraphQLError,
  getOperationAST,
  mapSourceToResponseEvent,
  type subscribe,
  validateSubscriptionArgs,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import type { Call } from './call.ts';
import { refusal } from './errors.ts';
import { Offer } from './shared/offer.ts';
import { type Prepared, PreparedSubscriptions } from './shared/prepared.ts';
import { type Selection, Selections } from './shared/selection.ts';
import { isShared } from './shared/source.ts';
import type { Handler } from './yoga.ts';

/** An operation as graphql-ws executes it, and what only we need for that. It is kept for as long as it runs. */
export interface Begun extends ExecutionArgs {
  readonly call: Call;
  /** Where its events may be shared. */
  readonly selection: Selection | null;
  /** As Yoga's plugins want it done; a subscription that was prepared needs neither. */
  readonly execute?: typeof execute;
  readonly subscribe?: typeof subscribe;
}

/**
 * Operations over WebSocket on their way from the message to what they give. They take Yoga's path with its limits and
 * plugins, but for subscriptions that took it before: those are as valid as they were then.
 */
export class Beginning {
  readonly #handler: Handler;
  readonly #selections = new Selections();
  readonly #prepared = new PreparedSubscriptions();

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  /** @throws What its client is told, one error or several. */
  prepare(call: Call, payload: SubscribePayload): Begun | Promise<Begun> {
    const prepared = this.#prepared.find(payload);
    return prepared ? this.#again(call, payload, prepared) : this.#first(call, payload);
  }

  /** Subscribes as graphql-js does, but looks at the source before anything reads from it. */
  async follow(begun: Begun): Promise<AsyncIterable<unknown> | ExecutionResult> {
    const { selection } = begun;
    if (!selection) return begun.subscribe!(begun);

    const valid = validateSubscriptionArgs(begun);
    if (!('schema' in valid)) return { errors: valid };
    const source = await createSourceEventStream(valid);
    if (!(Symbol.asyncIterator in source)) return source;
    if (!isShared(source)) return mapSourceToResponseEvent(valid, source);
    return new Offer(source, selection, { ...valid, contextValue: undefined }, begun.variableValues ?? {});
  }

  #again(call: Call, payload: SubscribePayload, { document, operation, selection }: Prepared): Begun {
    const { schema, bounds, contextFor } = this.#handler;
    call.operation = operation;
    bounds.check(schema, document, payload.variables ?? {});
    keepOneCopy(payload, document.loc?.source.body);
    return {
      call,
      selection,
      schema,
      document,
      contextValue: contextFor(call),
      variableValues: payload.variables ?? {},
      operationName: payload.operationName,
    };
  }

  async #first(call: Call, payload: SubscribePayload): Promise<Begun> {
    const { query, variables, operationName } = payload;
    const enveloped = this.#handler.yoga.getEnveloped({ call, params: { query, variables, operationName } });
    const document = enveloped.parse(query);
    const invalid = enveloped.validate(enveloped.schema, document) as GraphQLError[];
    if (invalid.length) throw invalid;
    const operation = getOperationAST(document, operationName);
    if (!operation) {
      throw refusal(
        'OPERATION_RESOLUTION_FAILURE',
        400,
        'The document has no such operation, or several and none was named.',
      );
    }

    const { schema, execute, subscribe } = enveloped;
    const subscribes = operation.operation === 'subscription';
    const selection = subscribes ? this.#selections.of(schema, document, operationName) : null;
    if (selection) this.#prepared.keep(payload, { document, operation: operation.name?.value, selection });
    keepOneCopy(payload, document.loc?.source.body);
    const contextValue = (await enveloped.contextFactory()) as object;
    const variableValues = variables ?? {};
    return {
      call,
      selection,
      execute,
      subscribe,
      schema,
      document,
      contextValue,
      variableValues,
      operationName,
    };
  }
}

/** The message is kept as long as the operation lasts; of its text one copy is enough. */
function keepOneCopy(payload: { readonly query: string }, text: string | undefined): void {
  (payload as { query: string }).query = text ?? payload.query;
}
