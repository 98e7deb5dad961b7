import type { Answer } from '../../support/gateway.ts';

export type Ask = (
  query: string,
  variables?: Record<string, unknown>,
  options?: { token?: string },
) => Promise<Answer>;

const TURN = `id status attempt message reply model servedBy fellBack conversation
  usage { inputTokens outputTokens modelCalls } error { code message step retryable }`;

const ERRORS = `... on Error { message }
  ... on InvalidInputError { issues { path message } } ... on RateLimitedError { retryAfterSeconds }`;

export const SEND = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { __typename ... on ChatTurn { ${TURN} } ${ERRORS}
    ... on UpstreamError { service retryable } }
}`;

/** An event of a turn's log, as far as these tests look at it. */
interface TurnEvent {
  type: string;
  seq: number;
  status?: string;
  stream?: string;
  offset?: number;
  text?: string;
  servedBy?: string;
  fellBack?: boolean;
}

interface Said {
  role: 'USER' | 'ASSISTANT';
  content: string;
  servedBy: string | null;
  interrupted: boolean;
}

/** What a client does with conversations. */
export function conversationsOf(ask: Ask, token?: string) {
  const asked = async (query: string, variables: Record<string, unknown>) => {
    const { data, errors } = await ask(query, variables, token ? { token } : {});
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const send = async (sessionId: string, message: string, more: object = {}) =>
    (await asked(SEND, { input: { sessionId, message, ...more } })).sendMessage;
  return {
    /** Waits for the reply, unless told otherwise. */
    send,
    /** Does not wait. @returns The turn's id. */
    async begin(sessionId: string, message: string, more: object = {}): Promise<string> {
      const turn = await send(sessionId, message, { wait: false, ...more });
      if (!turn.id) throw new Error(JSON.stringify(turn));
      return turn.id;
    },
    turn: async (id: string) =>
      (await asked(`query($id: ID!) { job(id: $id) { ... on ChatTurn { ${TURN} } } }`, { id })).job,
    job: async (id: string) =>
      (await asked('query($id: ID!) { job(id: $id) { status attempt error { code } } }', { id })).job,
    cancel: async (id: string) =>
      (await asked('mutation($id: ID!) { cancelJob(id: $id) { ... on Job { status } } }', { id })).cancelJob,
    history: async (id: string, kind = 'CHAT', last = 1_000): Promise<Said[]> =>
      (
        await asked(
          `query($id: ID!, $kind: ConversationKind!, $last: Int!) {
            session(id: $id) { history(kind: $kind, last: $last) { role content servedBy interrupted } } }`,
          { id, kind, last },
        )
      ).session.history,
    session: async (id: string) =>
      (await asked('query($id: ID!) { session(id: $id) { chatModel currentScenario export } }', { id }))
        .session,
    choose: (id: string, settings: object) =>
      asked('mutation($input: UpdateSessionInput!) { updateSession(input: $input) { __typename } }', {
        input: { id, ...settings },
      }),
    watch: async (sessionId: string, scenarioId: string, turns: number, more: object = {}) =>
      (
        await asked(
          `mutation($input: StartWatchInput!) { startWatch(input: $input) { __typename
            ... on WatchJob { id turns } ... on SessionBusyError { activeJob { id } } ${ERRORS} } }`,
          { input: { sessionId, scenarioId, turns, ...more } },
        )
      ).startWatch,
    /** The job's whole log, for one that is over. */
    events: async (id: string): Promise<TurnEvent[]> =>
      (
        await asked(
          `query($id: ID!) { job(id: $id) { events(first: 1000) { type: __typename seq
            ... on JobStatusChanged { status } ... on JobTextAppended { stream offset text }
            ... on ReplyServed { servedBy fellBack } } } }`,
          { id },
        )
      ).job.events,
  };
}

/** What a follower of a stream has in the end: each piece replaces what came behind its offset. */
export const textOf = (events: readonly TurnEvent[], stream = 'reply'): string =>
  events
    .filter((event) => event.type === 'JobTextAppended' && event.stream === stream)
    .reduce((text, event) => text.slice(0, event.offset) + event.text, '');

export const texts = (messages: readonly Said[]): string[] => messages.map(({ content }) => content);
