import type { Reply, ReplyPiece, StructuredRequest, TextRequest, TokenUsage } from './model.ts';

/** The two ways in which providers are asked. Most compatible servers know only `chat`. */
export type ApiName = 'responses' | 'chat';

/** What one way of asking says and hears. Bodies and answers are JSON as on the wire. */
export interface Api {
  body(request: TextRequest): object;
  streamBody(request: TextRequest): object;
  structuredBody(request: StructuredRequest): object;

  /** @throws {ModelError} The answer is a refusal, a failure, or none at all. */
  read(answer: unknown): Reply<string> & {
    /** It ran into the bound on its length. */
    cut: boolean;
  };

  /**
   * Pieces of text, then the usage, from the events of a stream.
   *
   * @throws {ModelStreamCutError} The events ended before the answer did.
   */
  pieces(events: AsyncIterable<unknown>): AsyncIterable<ReplyPiece>;
}

/** Fields of something that may be anything. */
export type Loose = { readonly [field: string]: unknown };

/** No compatible server is trusted to send what the API promises. */
export function loose(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Loose) : {};
}

export const list = (value: unknown): readonly Loose[] => (Array.isArray(value) ? value.map(loose) : []);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Zero where the provider did not say. */
export function tokens(inputTokens: unknown, outputTokens: unknown): TokenUsage {
  return { inputTokens: count(inputTokens), outputTokens: count(outputTokens) };
}

const count = (value: unknown): number =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? Math.round(value) : 0;
