// This file stands alone: generated tests contain it.

export interface Gateway {
  /** Of the GraphQL endpoint. */
  url: string;
  token?: string | undefined;
  /** The one that has to answer. */
  service: 'LEGACY' | 'NEW';
}

interface Pattern {
  conversation: string;
  messages: readonly string[];
  model: string | null;
  scenarioId: string | null;
}

interface Result {
  replies: readonly string[];
  history: readonly { role: 'user' | 'assistant'; content: string }[];
  sessionKeys: readonly string[];
  error: string | null;
}

/** A reply is waited for by the gateway itself, for two minutes. */
const ANSWER_MS = 150_000;
const WATCH_MS = 300_000;
const WATCH_LINES = 4;
const LOOK_EVERY_MS = 250;
/** The flag chooses by the session: so many are tried until one gets the service. */
const MOST_SESSIONS = 20;

/** A text without white space at its ends, and without the times and ids in it. */
export const masked = (text: string): string =>
  text
    .trim()
    .replaceAll(
      /\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z\b|[+-]\d{2}:?\d{2}\b)?/g,
      '<time>',
    )
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>')
    .replaceAll(/\b([a-z][a-z_]{1,62})[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{20,128}\b/g, '<id of a $1>');

/** What of a result is compared, in a form that equal ones have in common. */
export const essence = ({ replies, history, sessionKeys, error }: Result) => ({
  error,
  replies: replies.map(masked),
  history: history.map(({ role }) => role),
  sessionKeys,
});

/**
 * Has a pattern's conversation through the public API, in a session of its own that is closed afterwards.
 *
 * @throws {Error} The gateway does not answer, or sends none of 20 sessions to the service.
 */
export async function playOverApi(pattern: Pattern, gateway: Gateway): Promise<Result> {
  for (let tries = 0; tries < MOST_SESSIONS; tries += 1) {
    const session = await ask(gateway, CREATE, {
      input: pattern.conversation === 'SCENARIO' ? { currentScenario: pattern.scenarioId } : {},
    });
    const id = String(must(session.createSession).id);
    try {
      const played = await converse(id, pattern, gateway);
      if (played) return played;
    } finally {
      await ask(gateway, CLOSE, { input: { id, waitSeconds: 5 } });
    }
  }
  throw new Error(
    `None of ${MOST_SESSIONS} sessions is served by ${gateway.service}: set the feature ${pattern.conversation} accordingly.`,
  );
}

/** Null: another service has the session. */
async function converse(id: string, pattern: Pattern, gateway: Gateway): Promise<Result | null> {
  let error: string | null = null;
  const replies: string[] = [];
  if (pattern.conversation === 'WATCH') {
    const { startWatch } = await ask(gateway, WATCH, {
      input: { sessionId: id, scenarioId: pattern.scenarioId, turns: WATCH_LINES, model: pattern.model },
    });
    error = await watched(String(must(startWatch).id), gateway);
  } else
    for (const message of pattern.messages) {
      const { conversation, model } = pattern;
      const { sendMessage: turn } = await ask(gateway, SEND, {
        input: { sessionId: id, message, conversation, model },
      });
      if (turn.__typename === 'ChatTurn' && turn.servedBy !== gateway.service) {
        if (turn.fellBack) throw new Error('The new service failed, and the legacy one answered.');
        return null;
      }
      if (turn.__typename !== 'ChatTurn' || turn.status !== 'COMPLETED') {
        error = String(turn.message ?? turn.status);
        break;
      }
      replies.push(String(turn.reply));
    }

  const { session } = await ask(gateway, SESSION, { id, kind: pattern.conversation });
  const messages: { role: string; content: string; servedBy: string | null }[] = session.history;
  if (pattern.conversation === 'WATCH') {
    // The opening is nobody's.
    const lines = messages.slice(1);
    if (lines.some(({ servedBy }) => servedBy !== gateway.service)) return null;
    replies.push(...lines.map(({ content }) => content.slice(content.indexOf(': ') + 2)));
  }
  const keys = [
    ...(session.chatModel !== null ? ['chat_model'] : []),
    ...(session.currentScenario !== null ? ['current_scenario'] : []),
    ...(messages.length > 0 ? [`${pattern.conversation.toLowerCase()}_history`] : []),
  ];
  const history = messages.map(({ role, content }) => ({
    role: role === 'USER' ? ('user' as const) : ('assistant' as const),
    content,
  }));
  return { replies, history, sessionKeys: keys.sort(), error };
}

/** Waits for a watch to end. */
async function watched(id: string, gateway: Gateway): Promise<string | null> {
  const giveUp = Date.now() + WATCH_MS;
  while (Date.now() < giveUp) {
    const { job } = await ask(gateway, JOB, { id });
    if (job.status === 'COMPLETED') return null;
    if (job.finishedAt) return String(job.error?.message ?? job.status);
    await new Promise((next) => setTimeout(next, LOOK_EVERY_MS));
  }
  throw new Error(`The watch ${id} did not end within ${WATCH_MS / 1_000} s.`);
}

const CREATE =
  'mutation($input: CreateSessionInput!) { createSession(input: $input) { ... on Session { id } ... on Error { message } } }';
const CLOSE =
  'mutation($input: CloseSessionInput!) { closeSession(input: $input) { __typename ... on Error { message } } }';
const SEND = `mutation($input: SendMessageInput!) { sendMessage(input: $input) {
  __typename ... on ChatTurn { status reply servedBy fellBack } ... on Error { message } } }`;
const WATCH =
  'mutation($input: StartWatchInput!) { startWatch(input: $input) { ... on WatchJob { id } ... on Error { message } } }';
const JOB = 'query($id: ID!) { job(id: $id) { status finishedAt error { message } } }';
const SESSION = `query($id: ID!, $kind: ConversationKind!) { session(id: $id) {
  chatModel currentScenario history(kind: $kind, last: 50) { role content servedBy } } }`;

// biome-ignore lint/suspicious/noExplicitAny: each document says what it asks for.
type Data = Record<string, any>;

/** @throws {Error} The answer is none, or has errors. */
async function ask({ url, token }: Gateway, query: string, variables: object): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The gateway answered ${response.status}: ${text.slice(0, 500)}`);
  const { data, errors } = JSON.parse(text) as { data?: Data; errors?: { message: string }[] };
  if (errors || !data)
    throw new Error(errors?.map(({ message }) => message).join('; ') ?? text.slice(0, 500));
  return data;
}

/** @throws {Error} It is an error of the API. */
function must(result: Data): Data {
  if (result.id === undefined) throw new Error(String(result.message));
  return result;
}
