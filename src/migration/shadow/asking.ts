import type { Logger } from 'pino';
import { JobFailure } from '../../jobs/index.ts';
import {
  type ChatRequest,
  type ChatService,
  replyFailure,
  type ServiceVersion,
} from '../../services/chat/index.ts';
import type { TokenUsage } from '../../services/models/index.ts';
import { heed } from '../routing/heed.ts';

export interface Answer {
  reply: string | null;
  /** `CODE: what happened`; null where the service answered. */
  error: string | null;
  /** The same call may succeed later. */
  retryable: boolean;
  durationMs: number;
  /** As far as the service tells. */
  usage: TokenUsage;
}

interface Terms {
  signal: AbortSignal;
  /** For the whole reply. */
  callMs: number;
  /** Characters of a reply. */
  longest: number;
  log: Logger;
}

/**
 * One service's answer, outside of everything that users wait for. A service that fails, is silent, deaf or endless
 * gives an answer with an error.
 *
 * @throws The signal's reason.
 */
export async function ask(
  service: ChatService,
  version: ServiceVersion,
  request: ChatRequest,
  { signal, callMs, longest, log }: Terms,
): Promise<Answer> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(callMs);
  const began = performance.now();
  let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  const answer = (said: Pick<Answer, 'reply' | 'error'>, retryable = false): Answer => ({
    ...said,
    retryable,
    durationMs: Math.round(performance.now() - began),
    usage,
  });

  try {
    let reply = '';
    const pieces = heed((leaving) => service.reply(request, leaving), {
      signal: AbortSignal.any([signal, deadline]),
      silenceMs: callMs,
      service: `the ${version === 'NEW' ? 'new' : 'legacy'} service`,
      onLate: (error) => log.debug({ err: error, version }, 'a reply that was given up ended'),
    });
    for await (const piece of pieces)
      if ('usage' in piece) usage = piece.usage;
      else {
        reply += piece.text;
        if (reply.length > longest)
          return answer({
            reply: null,
            error: `CHAT_TOO_LARGE: the reply has more than ${longest} characters`,
          });
      }
    return answer({ reply, error: null });
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted)
      return answer({ reply: null, error: `CHAT_TIMEOUT: no whole reply within ${callMs} ms` }, true);
    const failure = replyFailure(error);
    if (failure instanceof JobFailure)
      return answer({ reply: null, error: `${failure.code}: ${failure.message}` }, failure.retryable);
    // Its words are for us: they may say what nobody outside shall read.
    log.error({ err: error, version }, 'a service failed in a way of its own');
    return answer({ reply: null, error: 'INTERNAL: the service failed' });
  }
}
