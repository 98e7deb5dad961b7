import { setTimeout as delay } from 'node:timers/promises';
import { askedOf } from '../services/conversations/services.ts';
import { type Behaviour, completed, delta, done } from '../support/provider.ts';
import { startResponsesProvider } from '../support/responses-provider.ts';

/** What the provider was asked, and paid for: the effects outside that nothing can take back. */
export interface Effects {
  /** By message: how often the new chat service asked, which streams, and how often the legacy one. */
  streamed: Map<string, number>;
  inOnePiece: Map<string, number>;
  /** By question: background responses that were made. */
  made: (question: string) => number;
  responses: () => number;
}

export const replyTo = (message: string): string => `You said: ${message}`;

/** The provider that all processes ask. It honours idempotency keys, as providers with a background mode do. */
export async function startModel(pieceMs: number) {
  const streamed = new Map<string, number>();
  const inOnePiece = new Map<string, number>();
  const provider = await startResponsesProvider({ honoursKeys: true, answers: replyTo });

  const chat: Behaviour = async (exchange, response) => {
    const message = askedOf(exchange).at(-1)?.content ?? '';
    const asked = exchange.body.stream ? streamed : inOnePiece;
    asked.set(message, (asked.get(message) ?? 0) + 1);
    if (!exchange.body.stream) return completed(replyTo(message))(exchange, response);

    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of [...(replyTo(message).match(/\S+\s*/g) ?? []).map(delta), done]) {
      await delay(pieceMs);
      if (response.destroyed) return;
      response.write(`data: ${JSON.stringify(piece)}\n\n`);
    }
    response.end();
  };
  provider.instead = ({ method, body }) => {
    // Nobody asks for them here, and there are thousands.
    provider.exchanges.length = 0;
    return method === 'POST' && body && !body.background ? chat : undefined;
  };

  const effects: Effects = {
    streamed,
    inOnePiece,
    made: (question) => provider.about(question).length,
    responses: () => provider.responses.length,
  };
  return { url: provider.url, effects, [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose]() };
}
