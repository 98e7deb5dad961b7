import { ChatServiceError } from './errors.ts';
import { eventsOf } from './legacy-events.ts';
import { LEGACY } from './legacy-failure.ts';

/** Bytes of one answer, unpacked. A reply of a page is a few thousand. */
const MOST_BYTES = 1024 * 1024;
/** Names of fields that a complaint repeats. */
const NAMES_SHOWN = 10;

/** Where the text is, dotted: in a JSON answer, and in one event of a stream. */
interface Paths {
  reply: string;
  piece: string;
}

/**
 * The text of an answer with a status of success, piece by piece where it comes so.
 *
 * @throws {ChatServiceError} It is too large, no reply, or says that it failed.
 */
export async function* readReply(response: Response, paths: Paths): AsyncIterable<string> {
  let blank = true;
  for await (const text of pieces(response, paths)) {
    blank &&= text.trim() === '';
    if (text) yield text;
  }
  if (blank) throw noReply('answered without a word');
}

async function* pieces(response: Response, paths: Paths): AsyncIterable<string> {
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))?.split('=')[1];
  const texts = decoded(response.body, charset?.replaceAll(/["\s]/g, '') || 'utf-8');

  switch (type.trim()) {
    case 'text/event-stream':
      return yield* streamed(texts, paths.piece);
    case 'text/plain':
      return yield* texts;
    // What many frameworks call a plain string, and everybody a page.
    case 'text/html':
      return yield unlessPage(await whole(texts));
    case '':
      return yield untyped(await whole(texts), paths.reply);
  }
  if (!/^[\w.-]+\/(?:[\w.+-]+\+)?json$/.test(type.trim()))
    throw noReply(`answered with ${type.trim().slice(0, 100)}`);
  const answer = parsed(await whole(texts));
  if (answer === undefined) throw noReply('answered with malformed JSON');
  yield textOf(answer, paths.reply);
}

async function* streamed(texts: AsyncIterable<string>, path: string): AsyncIterable<string> {
  for await (const { event, data } of eventsOf(texts)) {
    if (data === '[DONE]') return;
    if (event === 'error') throw saysItFailed();
    const value = parsed(data);
    if (value === undefined && data.trimStart().startsWith('{')) throw noReply('sent malformed JSON');

    if (typeof value === 'string') yield value;
    else if (isObject(value)) {
      const text = valueAt(value, path);
      if (typeof text === 'string') yield text;
      else if (value.error) throw saysItFailed();
    } else yield data;
  }
}

function textOf(answer: unknown, path: string): string {
  if (typeof answer === 'string') return answer;
  const text = valueAt(answer, path);
  if (typeof text === 'string') return text;
  if (isObject(answer) && answer.error) throw saysItFailed();
  const names = isObject(answer) ? Object.keys(answer).slice(0, NAMES_SHOWN).join(', ').slice(0, 200) : '';
  throw noReply(`has no text at ${path}${names && `; its answer has ${names}`}`);
}

function unlessPage(text: string): string {
  if (/^\s*<(?:!doctype|html|head|body)\b/i.test(text)) throw noReply('answered with a web page');
  return text;
}

function untyped(text: string, path: string): string {
  const answer = parsed(text);
  return typeof answer === 'string' || isObject(answer) ? textOf(answer, path) : unlessPage(text);
}

async function* decoded(body: Response['body'], charset: string): AsyncIterable<string> {
  if (!body) return;
  const decoder = decoderFor(charset);
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw noReply(`answered with what is not ${decoder.encoding}`, { cause });
    }
  };

  let read = 0;
  for await (const bytes of body) {
    read += bytes.byteLength;
    if (read > MOST_BYTES)
      throw new ChatServiceError(
        LEGACY,
        'CHAT_TOO_LARGE',
        `The legacy chat’s answer has more than ${MOST_BYTES} bytes.`,
      );
    const text = decode(bytes);
    if (text) yield text;
  }
  const rest = decode();
  if (rest) yield rest;
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch (cause) {
    throw noReply('answered in an unknown charset', { cause });
  }
}

async function whole(texts: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const text of texts) all += text;
  return all;
}

/** Undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const noReply = (what: string, options?: ErrorOptions): ChatServiceError =>
  new ChatServiceError(LEGACY, 'CHAT_ANSWER', `The legacy chat ${what}.`, options);

const saysItFailed = (): ChatServiceError =>
  new ChatServiceError(LEGACY, 'CHAT_UNAVAILABLE', 'The legacy chat says that it failed.');
