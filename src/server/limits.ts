/** What one caller may ask of the process. Sizes in bytes, times in milliseconds. */
export interface ServerLimits {
  /** Fields inside fields; the contract's deepest sensible query has 9 levels. Introspection is not counted. */
  depth: number;
  /** Aliased fields of one document, each use of a fragment counted. */
  aliases: number;
  /** Directives of one document, each use of a fragment counted. */
  directives: number;
  /** Lexical tokens; graphql's parser stops there. GraphiQL's introspection query has about 250. */
  tokens: number;
  /** Length of the query text: 2,000 tokens of ordinary names take about a quarter of it. */
  queryCharacters: number;
  /** Fields that could be answered: lists count as often as `first` or `last` says. */
  cost: number;
  /** JSON bodies, and messages on a WebSocket. */
  jsonBytes: number;
  /** A whole multipart request. Its files wait on disk, not in memory. */
  uploadBytes: number;
  uploadFiles: number;
  /** For a request's headers to arrive. */
  headersMs: number;
  /** For a JSON body to arrive. */
  bodyMs: number;
  /** For a multipart body to arrive: 100 MiB need 2.8 Mbit/s. */
  uploadMs: number;
  /** For an idle connection; longer than the 60 s after which load balancers usually give up. */
  keepAliveMs: number;
  /** For a client that takes nothing of what it is sent. Then its connection is closed, to be resumed. */
  stallMs: number;
  /** Unsent bytes on a WebSocket from which on nothing more is read from it. */
  unsentBytes: number;
  /** For the first message on a WebSocket. */
  connectionInitMs: number;
  /** Between two pings on a WebSocket; a peer that leaves one unanswered is dropped at the next. */
  pingMs: number;
  /** For a WebSocket on which nothing runs. */
  idleMs: number;
  /** WebSockets of all owners together, those included that have not said who they are. */
  connections: number;
  /** Operations running on one WebSocket. */
  subscriptionsPerConnection: number;
  /** Messages that began the operations running on one WebSocket, together: one of `jsonBytes` fits. */
  operationBytesPerConnection: number;
  /** WebSockets and event streams of one owner together. */
  connectionsPerOwner: number;
  /** For the answer to a health check. */
  healthMs: number;
}

export const defaultLimits: ServerLimits = {
  depth: 12,
  aliases: 30,
  directives: 50,
  tokens: 2_000,
  queryCharacters: 64 * 1024,
  cost: 25_000,
  jsonBytes: 1024 ** 2,
  uploadBytes: 100 * 1024 ** 2,
  uploadFiles: 10,
  headersMs: 15_000,
  bodyMs: 30_000,
  uploadMs: 300_000,
  keepAliveMs: 65_000,
  stallMs: 30_000,
  unsentBytes: 1024 ** 2,
  connectionInitMs: 5_000,
  pingMs: 15_000,
  idleMs: 600_000,
  connections: 20_000,
  subscriptionsPerConnection: 100,
  operationBytesPerConnection: 1024 ** 2,
  connectionsPerOwner: 1_000,
  healthMs: 2_000,
};
