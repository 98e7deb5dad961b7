/**
 * The SDK: a gateway as a typed client sees it, in Node and in browsers.
 * It stands alone and knows nothing of the gateway's code: its types are generated from schema.graphql.
 */
export { type ConnectOptions, connect, type Signalbox } from './connect.ts';
export { DomainFailure, type ErrorEntry, type Failure, SignalboxError, unwrap } from './errors.ts';
export type { ChangedJob, JobEvent, Leaving, Text } from './following.ts';
export * from './generated/graphql.ts';
export type { Waiting } from './http.ts';
export type { ChangedFeature, NewComparison } from './migration-changes.ts';
export type { Retry } from './resuming.ts';
