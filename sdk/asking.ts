import type { TypedDocumentString } from './generated/graphql.ts';
import type { Waiting } from './http.ts';

/** Asks a gateway for one answer. */
export type Ask = <R, V extends object>(
  document: TypedDocumentString<R, V>,
  variables: V,
  waiting?: Waiting,
) => Promise<R>;
