import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { GraphQLError } from 'graphql';
import { type GraphQLParams, processRegularResult } from 'graphql-yoga';
import type { Authenticate } from '../auth.ts';
import { JSON_TYPE, jsonFrom, mediaType, readJson } from '../bodies.ts';
import type { Call } from '../call.ts';
import type { QueryBounds } from '../documents.ts';
import type { ServerLimits } from '../limits.ts';
import type { OurYoga } from '../yoga.ts';
import { type AnswerType, answerType } from './accept.ts';
import type { Executor } from './executor.ts';
import { Operations } from './operations.ts';

interface Needs {
  schema: GraphQLSchema;
  yoga: OurYoga;
  executor: Executor;
  bounds: QueryBounds;
  authenticate: Authenticate;
  contextFor: (call: Call) => object;
  /** Ends the call; gives the result as clients may see it. */
  settle: (result: ExecutionResult, call: Call) => ExecutionResult;
  limits: ServerLimits;
  origins: ReadonlySet<string>;
}

/** What is left to Yoga: a request, and its body where that was read. */
export interface Rest {
  body?: Promise<GraphQLParams>;
}

/** One request, and who takes it where it does not stay here. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  call: Call;
  leave: (rest: Rest) => void;
  fail: (error: unknown) => void;
}

/**
 * Answers ordinary requests, a JSON POST of a valid query or mutation, from the bytes that came to the bytes that go:
 * no Request, no Response, no plugin hooks per request, each operation prepared once. Everything else is left to Yoga
 * before anything ran, so that the words of every refusal are Yoga's.
 */
export class ShortWay {
  readonly #needs: Needs;
  readonly #operations: Operations;

  constructor(needs: Needs) {
    this.#needs = needs;
    this.#operations = new Operations(needs);
  }

  /** By its first line and headers. */
  takes({ method, url, headers }: IncomingMessage): boolean {
    const { limits, origins } = this.#needs;
    return (
      method === 'POST' &&
      url === '/graphql' &&
      mediaType(headers['content-type']) === JSON_TYPE &&
      !(Number(headers['content-length'] ?? 0) > limits.jsonBytes) &&
      (headers.origin === undefined || !origins.has(headers.origin)) &&
      answerType(headers.accept) !== undefined
    );
  }

  /** Ends in one of three ways: with the answer, or by a call of `leave`, or, where the fault is our own, of `fail`. */
  answer(exchange: Exchange): void {
    const { authenticate } = this.#needs;
    const { request, call, leave } = exchange;
    try {
      call.viewer = authenticate({
        get: (name) => request.headers[name.toLowerCase()]?.toString() ?? null,
      });
    } catch {
      leave({});
      return;
    }
    // By then most bodies are here: the parser is done with what came along with the headers.
    process.nextTick(readLater, this, exchange);
  }

  read(exchange: Exchange): void {
    const { limits } = this.#needs;
    const { request, call, leave } = exchange;
    const announced = request.headers['content-length'];
    if (announced === undefined || request.readableLength !== Number(announced)) {
      const body = readJson(request, limits);
      body.then(
        (params) => this.#begin(exchange, params),
        () => leave({ body }),
      );
      return;
    }
    let params: GraphQLParams;
    try {
      const chunks: Buffer[] = [];
      for (let chunk = request.read(); chunk; chunk = request.read()) chunks.push(chunk);
      call.received = true;
      params = jsonFrom(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks), limits);
    } catch (error) {
      const body = Promise.reject(error);
      body.catch(() => {});
      leave({ body });
      return;
    }
    this.#begin(exchange, params);
  }

  #begin(exchange: Exchange, params: GraphQLParams): void {
    const { executor, schema, contextFor } = this.#needs;
    const { call, leave, fail } = exchange;
    const operation = this.#operations.find(params, call);
    if (!operation) {
      leave({ body: Promise.resolve(params) });
      return;
    }

    let contextValue: object;
    try {
      contextValue = contextFor(call);
    } catch {
      leave({ body: Promise.resolve(params) });
      return;
    }
    call.operation = operation.name;
    try {
      const { document } = operation;
      const { variables: variableValues, operationName } = params;
      const result = executor.execute({ schema, document, contextValue, variableValues, operationName });
      if (!result) leave({ body: Promise.resolve(params) });
      else if (result instanceof Promise)
        result
          .catch(failed)
          .then((settled) => this.#send(exchange, settled))
          .catch(fail);
      else this.#send(exchange, result);
    } catch (error) {
      fail(error);
    }
  }

  #send({ request, response, call, fail }: Exchange, result: ExecutionResult): void {
    const { settle, yoga } = this.#needs;
    const type = answerType(request.headers.accept)!;
    let shown = settle(result, call);
    if (!shown.errors) {
      try {
        const text = JSON.stringify(shown);
        write(response, call, 200, text, CONTENT_TYPE[type]);
        return;
      } catch (error) {
        shown = settle(failed(error), call);
      }
    }
    // Errors are rare, and their status and headers Yoga's to choose.
    const told = processRegularResult(shown as never, yoga.fetchAPI, type);
    const own = [...told.headers].filter(([name]) => name !== 'content-length').flat();
    told.text().then((text) => write(response, call, told.status, text, own), fail);
  }
}

const readLater = (way: ShortWay, exchange: Exchange) => way.read(exchange);

const failed = (error: unknown): ExecutionResult => ({
  errors: [
    error instanceof GraphQLError
      ? error
      : new GraphQLError(error instanceof Error ? error.message : String(error), {
          originalError: error as Error,
        }),
  ],
});

const CONTENT_TYPE: Readonly<Record<AnswerType, string[]>> = {
  'application/json': ['Content-Type', 'application/json; charset=utf-8'],
  'application/graphql-response+json': ['Content-Type', 'application/graphql-response+json; charset=utf-8'],
};

/** In the order in which Yoga's answers have them. */
function write(response: ServerResponse, call: Call, status: number, text: string, own: string[]): void {
  if (response.destroyed || response.writableEnded) return;
  const bytes = Buffer.byteLength(text);
  response.writeHead(status, [
    'x-request-id',
    call.id,
    'x-content-type-options',
    'nosniff',
    ...own,
    'content-length',
    String(bytes),
  ]);
  // Text that is all ASCII goes out faster where that is said.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}
