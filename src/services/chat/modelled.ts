import {
  type Message,
  ModelAnswerError,
  ModelLengthError,
  type ReplyPiece,
  type TokenUsage,
} from '../models/index.ts';
import { bounded } from './bounds.ts';
import { ChatServiceError } from './errors.ts';
import type { ChatPiece, ChatRequest } from './types.ts';

/** Characters of one reply. Models stop long before; a provider that has lost its way may not. */
const LONGEST_REPLY = 1024 * 1024;

/** What a language model is asked: the instructions, the past, and the message. */
export function conversation({ instructions, history, message }: ChatRequest): Message[] {
  return [
    ...(instructions ? [{ role: 'system', content: instructions } as const] : []),
    ...bounded(history).map(({ role, content }) => ({ role, content })),
    { role: 'user', content: message },
  ];
}

/**
 * A model's reply as it came, once it is known to be one.
 *
 * @throws {ModelLengthError} It ends in the middle; what came until then is no reply.
 * @throws {ModelAnswerError} The model said nothing: that is no reply to a person.
 * @throws {ChatServiceError} It does not stop talking.
 */
export async function* reply(service: string, pieces: AsyncIterable<ReplyPiece>): AsyncIterable<ChatPiece> {
  let length = 0;
  let blank = true;
  let usage: TokenUsage | undefined;
  let cut = false;

  for await (const piece of pieces) {
    if ('usage' in piece) {
      usage = piece.usage;
      cut = piece.cut ?? false;
      continue;
    }
    length += piece.text.length;
    if (length > LONGEST_REPLY)
      throw new ChatServiceError(
        service,
        'CHAT_TOO_LARGE',
        `The reply of the ${service} has more than ${LONGEST_REPLY} characters.`,
      );
    blank &&= piece.text.trim() === '';
    if (piece.text) yield piece;
  }
  if (cut) throw new ModelLengthError('The reply ran into the bound on its length.', { usage });
  if (blank) throw new ModelAnswerError('The model answered without a word.', { usage });
  if (usage) yield { usage };
}
