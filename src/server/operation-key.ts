export interface Asked {
  query: string;
  operationName?: string | null | undefined;
}

/** The same for the same operation of the same text, and for nothing else. */
export const operationKey = ({ query, operationName }: Asked): string =>
  operationName == null ? `:${query}` : `${operationName.length}:${operationName}:${query}`;
