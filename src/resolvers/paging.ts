import { argument, pageSize } from './limits.ts';

/** What a client asks of a list whose newest comes first. */
export interface PageArgs {
  first: number;
  after?: string | null | undefined;
}

export interface Connection<Item> {
  edges: { cursor: string; node: Item }[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** The number of the item that a page begins behind; undefined: it is the first page. */
export function placeOf({ first, after }: PageArgs): number | undefined {
  pageSize(first);
  argument(after == null || /^\d{1,15}$/.test(after), 'after', 'must be a cursor of this list');
  return after == null ? undefined : Number(after);
}

/** A page as clients see it; cursors are the items' numbers. */
export function connectionOf<Item extends { number: number }>(
  items: readonly Item[],
  { hasNextPage, before }: { hasNextPage: boolean; before: number | undefined },
): Connection<Item> {
  const edges = items.map((node) => ({ cursor: String(node.number), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage,
      hasPreviousPage: before !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
