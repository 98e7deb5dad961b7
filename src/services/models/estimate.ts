import type { TextRequest } from './model.ts';

/** Reserved for an answer whose length nobody bounded. */
const USUAL_ANSWER_TOKENS = 1_000;
/** What a provider adds to every message. */
const TOKENS_PER_MESSAGE = 4;

/** Tokens of a text, roughly: four characters each in ASCII, about one each beyond it, as in Japanese. */
export function estimateTokens(text: string): number {
  let ascii = 0;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 128) ascii += 1;
  return Math.ceil(ascii / 4) + text.length - ascii;
}

/** Tokens to reserve for a call, in and out. */
export function estimateCall({
  messages,
  maxOutputTokens = USUAL_ANSWER_TOKENS,
}: Omit<TextRequest, 'model'>): number {
  return messages.reduce(
    (sum, { content }) => sum + TOKENS_PER_MESSAGE + estimateTokens(content),
    maxOutputTokens,
  );
}
