import type { ChatRequest } from '../../../src/services/chat/index.ts';

export const request: ChatRequest = {
  sessionId: 'session_1',
  history: [
    { role: 'user', content: 'こんにちは' },
    { role: 'assistant', content: 'こんにちは！' },
  ],
  message: '今日の天気はどうですか？',
  model: 'model-a',
};

/** Everything that came, and the error that it ended in. */
export async function heard<Piece extends object>(pieces: AsyncIterable<Piece>) {
  const all: Piece[] = [];
  let error: unknown;
  try {
    for await (const piece of pieces) all.push(piece);
  } catch (thrown) {
    error = thrown;
  }
  const texts = all.flatMap((piece) => ('text' in piece ? [String(piece.text)] : []));
  return { all, texts, text: texts.join(''), error };
}

/** Never fires. */
export const patient = (): AbortSignal => new AbortController().signal;
