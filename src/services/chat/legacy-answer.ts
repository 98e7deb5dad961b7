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
 * The text of an answer with a status of success, piece by piece where it comes so. What comes behind the end of the
 * text is left unread.
 *
 * @throws {ChatServiceError} It is too large, no reply, says that it failed, or nothing tells that it is whole.
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
  const whole = yield* textsOf(response, paths);
  // Where only the end of the connection ends it, one that died in the middle looks the same.
  if (!whole && !isDelimited(response)) throw brokeOff();
}

/** @returns Whether the text itself tells that it is whole. */
async function* textsOf(response: Response, paths: Paths): AsyncGenerator<string, boolean> {
  const [type = '', ...parameters] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.find((parameter) => parameter.trim().startsWith('charset='))?.split('=')[1];
  const texts = decoded(response.body, charset?.replaceAll(/["\s]/g, '') || 'utf-8');

  switch (type.trim()) {
    case 'text/event-stream':
      return yield* streamed(texts, paths.piece);
    case 'text/plain':
      yield* texts;
      return false;
    // What many frameworks call a plain string, and everybody a page.
    case 'text/html':
      yield unlessPage(await all(texts));
      return false;
    case '':
      return yield* untyped(await all(texts), paths.reply);
  }
  if (!/^[\w.-]+\/(?:[\w.+-]+\+)?json$/.test(type.trim()))
    throw noReply(`answered with ${type.trim().slice(0, 100)}`);
  const answer = parsed(await all(texts));
  if (answer === undefined)
    throw isDelimited(response) ? noReply('answered with malformed JSON') : brokeOff();
  yield textOf(answer, paths.reply);
  return true;
}

/** Its length, or that of each chunk, was told before it: undici notices where bytes are missing. */
const isDelimited = ({ body, headers }: Response): boolean =>
  body === null ||
  headers.has('content-length') ||
  /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '');

async function* streamed(texts: AsyncIterable<string>, path: string): AsyncGenerator<string, boolean> {
  for await (const { event, data } of eventsOf(texts)) {
    if (data === '[DONE]') return true;
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
  return false;
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

async function* untyped(text: string, path: string): AsyncGenerator<string, boolean> {
  const answer = parsed(text);
  const isJson = typeof answer === 'string' || isObject(answer);
  yield isJson ? textOf(answer, path) : unlessPage(text);
  return isJson;
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
  // Left where it is: whoever made the call says what becomes of the connection.
  for await (const bytes of body.values({ preventCancel: true })) {
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

async function all(texts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of texts) text += piece;
  return text;
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

const brokeOff = (): ChatServiceError =>
  new ChatServiceError(
    LEGACY,
    'CHAT_CUT',
    'The legacy chat’s answer ended, and nothing tells that it is whole.',
  );

const saysItFailed = (): ChatServiceError =>
  new ChatServiceError(LEGACY, 'CHAT_UNAVAILABLE', 'The legacy chat says that it failed.');
