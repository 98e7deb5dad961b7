import type { ValidatedSubscriptionArgs } from 'graphql';
import type { Selection } from './selection.ts';
import type { SharedSource } from './source.ts';

/**
 * A subscription that was let in and can share its work, once the message that asked for it is known. It stands in for
 * the source, which nobody has read from.
 */
export class Offer implements AsyncIterable<unknown> {
  readonly source: SharedSource;
  readonly selection: Selection;
  readonly args: ValidatedSubscriptionArgs;
  readonly variables: Readonly<Record<string, unknown>>;

  constructor(
    source: SharedSource,
    selection: Selection,
    args: ValidatedSubscriptionArgs,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.source = source;
    this.selection = selection;
    this.args = args;
    this.variables = variables;
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return this.source[Symbol.asyncIterator]();
  }
}
