/** What asks the measured servers: as thin as can be, so that what is measured is theirs. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: the shape is what the query asks for
type Data = any;

/** One operation over HTTP. */
export async function ask(url: string, query: string, variables: object = {}): Promise<Data> {
  const response = await post(url, JSON.stringify({ query, variables }));
  const { data, errors } = JSON.parse(response);
  if (errors) throw new Error(`${query}: ${errors[0].message}`);
  return data;
}

export async function post(url: string, body: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.text();
}

/** A session of its own. */
export async function openSession(url: string): Promise<string> {
  const { createSession } = await ask(url, 'mutation { createSession { ... on Session { id } } }');
  return createSession.id;
}

/** @returns The job's id. */
export async function startAnalysis(url: string, sessionId: string): Promise<string> {
  const { startAnalysis } = await ask(
    url,
    `mutation($input: StartAnalysisInput!) {
      startAnalysis(input: $input) { ... on Node { id } ... on Error { message } }
    }`,
    { input: { sessionId, message: 'How many rows are there?', onBusy: 'ENQUEUE' } },
  );
  if (!startAnalysis.id) throw new Error(startAnalysis.message);
  return startAnalysis.id;
}

/** A socket that is open; `hear` gets every message. */
export async function openSocket(
  url: string,
  hear: (text: string) => void,
  protocol: string[] = [],
): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol, { perMessageDeflate: false });
  socket.on('message', (data) => hear(String(data)));
  await once(socket, 'open');
  return socket;
}

/** The same to a gateway, past its greeting. */
export async function openGraphqlSocket(url: string, hear: (text: string) => void): Promise<WebSocket> {
  const { promise: greeted, resolve } = Promise.withResolvers<void>();
  const socket = await openSocket(
    url,
    (text) => (text.includes('"connection_ack"') ? resolve() : hear(text)),
    ['graphql-transport-ws'],
  );
  socket.send('{"type":"connection_init"}');
  await greeted;
  return socket;
}

export const FOLLOW = `subscription($jobId: ID!) {
  jobProgress(jobId: $jobId) {
    __typename seq
    ... on JobStatusChanged { status }
    ... on JobLogged { message }
  }
}`;

/** The message that follows a job. */
export const following = (jobId: string, id = jobId): string =>
  JSON.stringify({ id, type: 'subscribe', payload: { query: FOLLOW, variables: { jobId } } });
