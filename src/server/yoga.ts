import { useCSRFPrevention } from '@graphql-yoga/plugin-csrf-prevention';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Logger } from 'pino';
import type { Authenticate } from './auth.ts';
import { type FromNode, useBodies } from './bodies.ts';
import { Call, requestIdFrom, type Viewer } from './call.ts';
import { QueryBounds } from './documents.ts';
import { type Expose, formatted, PublicErrors, refusal } from './errors.ts';
import { defaultLimits, type ServerLimits } from './limits.ts';
import { live } from './live.ts';
import { Page } from './page.ts';
import { Presence } from './presence.ts';
import { Recent } from './recent.ts';
import { Executor } from './short/executor.ts';
import { ShortWay } from './short/way.ts';

export interface HandlerNeeds {
  schema: GraphQLSchema;
  /**
   * Builds what the resolvers see for one operation. Its fields, inherited ones too, are added to Yoga's context (`call`,
   * `params`, `req`, `request` and `res` are taken). `signal` aborts when the operation's client is gone.
   */
  contextFor: (caller: Caller) => object;
  authenticate: Authenticate;
  log: Logger;
  /** Which errors clients may read where the schema has no place for them, as in subscriptions. */
  expose?: Expose;
  limits?: Partial<ServerLimits>;
  /** Foreign origins (`https://app.example.com`) whose pages may call us; by default none. */
  allowedOrigins?: readonly string[];
  /** What GraphiQL shows first. */
  exampleQuery?: string;
}

interface Caller {
  viewer: Viewer;
  requestId: string;
  signal: AbortSignal;
}

/** What every plugin finds in an operation's context, beside what `contextFor` gave. */
interface OperationContext {
  call: Call;
  params?: { variables?: Record<string, unknown> | null; operationName?: string | null };
  request?: Request;
}

export type Handler = ReturnType<typeof createHandler>;
export type OurYoga = YogaServerInstance<FromNode, object>;

/**
 * The whole path of an operation: read, authenticate, bound, validate, execute, mask. `fetch` takes it in-process; the
 * sockets of `startServer` take the same. `short` goes in front of it for ordinary requests; whoever adds a plugin
 * here looks whether that has to do the same.
 */
export function createHandler(needs: HandlerNeeds) {
  const limits = { ...defaultLimits, ...needs.limits };
  const origins = new Set(needs.allowedOrigins);
  const errors = new PublicErrors(needs.expose);
  const presence = new Presence(limits.connectionsPerOwner);
  const bounds = new QueryBounds(limits);
  const executor = new Executor(needs.schema);
  const contextFor = (call: Call) => needs.contextFor(callerOf(call));

  const yoga: OurYoga = createYoga<FromNode>({
    schema: needs.schema,
    context: ({ call }) => flat(contextFor(call)),
    plugins: [
      useExecutor(executor),
      useCalls(needs.log, presence, errors),
      useAuthentication(needs.authenticate),
      useOwnPages(),
      useBodies(limits),
      useOperations(bounds),
      useEventStreams(presence),
    ],
    // Yoga would build it anew for everybody who asks.
    graphiql: false,
    cors: (request) => {
      const origin = request.headers.get('origin');
      if (!origin || !origins.has(origin)) return false;
      return { origin, credentials: false, exposedHeaders: ['x-request-id'], maxAge: 600 };
    },
    parserAndValidationCache: { documentCache: new Recent(250), errorCache: new Recent(100) },
    // Ours are PublicErrors, bodies.ts and health.ts.
    maskedErrors: false,
    maxRequestBodySize: false,
    multipart: false,
    logging: false,
    landingPage: false,
    batching: false,
    healthCheckEndpoint: '/graphql/health',
  });
  const page = new Page(() =>
    renderGraphiQL({
      title: 'Signalbox',
      defaultQuery: needs.exampleQuery ?? '{ __typename }',
      subscriptionsProtocol: 'SSE',
      additionalHeaders: { [csrfHeaders[0]]: '1' },
    }),
  );
  const short = new ShortWay({
    schema: needs.schema,
    yoga,
    executor,
    bounds,
    authenticate: needs.authenticate,
    contextFor,
    settle: (result, call) => settled(result, call, errors),
    limits,
    origins,
  });
  const { schema } = needs;
  const { fetch } = yoga;
  return { yoga, short, page, schema, bounds, contextFor, limits, origins, errors, presence, fetch };
}

/** An accessor of its own for each would cost more than a small query's execution. */
const CALLER: ThisType<Caller & { call: Call }> = {
  get signal() {
    return this.call.signal;
  },
  get requestId() {
    return this.call.id;
  },
};

function callerOf(call: Call): Caller {
  const caller: Caller & { call: Call } = Object.create(CALLER);
  caller.call = call;
  caller.viewer = call.viewer!;
  return caller;
}

/** With its inherited fields as its own. */
function flat(context: object): object {
  const fields: Record<string, unknown> = {};
  for (const name in context) fields[name] = context[name as keyof typeof context];
  return fields;
}

/** One executor for all ways in, so that there is one answer to a query. What it has no plan for keeps Yoga's. */
function useExecutor(executor: Executor): Plugin<object, FromNode> {
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn((args) => executor.execute(args) ?? executeFn(args));
    },
  };
}

/** Ends the call, and lets no error out that was not looked at. */
function settled(result: ExecutionResult, call: Call, errors: PublicErrors): ExecutionResult {
  call.end();
  if (!result.errors) return result;
  const { errors: found, ...rest } = result;
  if (found.length === 0) return rest;
  const shown = found.map((error) => errors.of(error, call));
  // Without data nothing was executed: our own fault is then the whole answer.
  const failed = !('data' in rest) && shown.some(isOurs);
  return { ...rest, errors: shown, ...(failed && { extensions: { http: { status: 500 } } }) };
}

/** One of these headers makes a browser ask before it sends a request, which a foreign page's would not survive. */
const csrfHeaders = ['x-graphql-yoga-csrf', 'apollo-require-preflight', 'x-apollo-operation-name'] as const;

/** What a foreign page may send without asking is refused, and told what it lacks. */
function useOwnPages(): Plugin<object, FromNode> {
  const { onRequestParse } = useCSRFPrevention({ requestHeaders: [...csrfHeaders] });
  return {
    onRequestParse(payload) {
      try {
        return onRequestParse?.(payload);
      } catch {
        throw refusal(
          'FORBIDDEN',
          403,
          `A GET, or a body other than JSON, needs the header ${csrfHeaders[0]} with any value.`,
        );
      }
    },
  };
}

/** Gives each request its call, and lets no result out that was not looked at. */
function useCalls(log: Logger, presence: Presence, errors: PublicErrors): Plugin<OperationContext, FromNode> {
  return {
    onRequest({ request, serverContext, requestHandler, setRequestHandler, fetchAPI }) {
      if (!serverContext.call) {
        const call = new Call(log, requestIdFrom(request.headers.get('x-request-id')));
        request.signal?.addEventListener('abort', () => call.leave(), { once: true });
        serverContext.call = call;
      }
      // Yoga answers with the stack of what escapes it.
      setRequestHandler(async (given, context) => {
        try {
          return await requestHandler(given, context);
        } catch (error) {
          const body = { errors: [formatted(errors.of(error, serverContext.call))] };
          return fetchAPI.Response.json(body, { status: 500 });
        }
      });
    },
    onResultProcess({ result, setResult, serverContext: { call } }) {
      if (Symbol.asyncIterator in result) {
        setResult(live(result as AsyncIterable<ExecutionResult>, call, { errors, presence }));
        return;
      }
      setResult(settled(result as ExecutionResult, call, errors));
    },
    onResponse({ response, serverContext }) {
      response.headers.set('x-request-id', serverContext.call.id);
      response.headers.set('x-content-type-options', 'nosniff');
      const type = response.headers.get('content-type');
      if (type?.startsWith('text/event-stream')) {
        response.headers.set('x-accel-buffering', 'no');
        response.headers.set('cache-control', 'no-cache, no-transform');
        response.headers.delete('content-encoding');
      }
    },
  };
}

const isOurs = (error: GraphQLError) => error.extensions.code === 'INTERNAL_SERVER_ERROR';

/** Before the body is read: strangers may not send us files. */
function useAuthentication(authenticate: Authenticate): Plugin<object, FromNode> {
  return {
    onRequestParse({ request, serverContext: { call } }) {
      call.viewer = authenticate(request.headers);
    },
  };
}

/** Bounds and names operations, over HTTP and WebSocket alike. */
function useOperations(bounds: QueryBounds): Plugin<OperationContext> {
  return {
    onParse({ setParseFn }) {
      setParseFn((source) => bounds.parse(String(source)));
      return ({ result }) => {
        if (result instanceof GraphQLError) {
          result.extensions.code ??= 'GRAPHQL_PARSE_FAILED';
          result.extensions.http ??= { status: 400, spec: true };
        }
      };
    },
    // Thrown, not set as the result: Yoga would keep that for the document, whatever its next variables are.
    onValidate({ params: { schema, documentAST }, context }) {
      const { call, params } = context as unknown as OperationContext;
      call.operation = getOperationAST(documentAST, params?.operationName)?.name?.value;
      bounds.check(schema, documentAST, params?.variables ?? {});
      return ({ valid, result }) => {
        if (valid) return;
        for (const error of result as GraphQLError[]) error.extensions.code ??= 'GRAPHQL_VALIDATION_FAILED';
      };
    },
  };
}

/** Refuses event streams before anything is subscribed; Yoga would subscribe, answer 406, and never unsubscribe. */
function useEventStreams(presence: Presence): Plugin<OperationContext> {
  return {
    onSubscribe({ args: { contextValue } }) {
      const { request, call } = contextValue as OperationContext;
      if (!request) return;
      if (!/text\/event-stream|text\/\*|\*\/\*/.test(request.headers.get('accept') ?? '*/*')) {
        throw refusal('NOT_ACCEPTABLE', 406, 'Subscriptions need Accept: text/event-stream, or a WebSocket.');
      }
      const leave = presence.connect(call.viewer!.owner);
      if (!leave) throw refusal('TOO_MANY_CONNECTIONS', 429, 'Too many subscriptions are open already.');
      call.onEnd(leave);
    },
  };
}
