import { GraphQLError } from 'graphql';

/** Items of one page. */
export const MAX_PAGE = 100;

/** An argument outside its bounds, where no result union could say so. */
export function argument(ok: boolean, name: string, rule: string): void {
  if (!ok) throw new GraphQLError(`${name} ${rule}.`, { extensions: { code: 'BAD_USER_INPUT' } });
}

export const pageSize = (first: number, max = MAX_PAGE): void =>
  argument(first >= 0 && first <= max, 'first', `must be 0 to ${max}`);
