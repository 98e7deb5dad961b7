import type { Answer, TestGateway } from './gateway.ts';
import { deliver, newsOf, type ResponsesProvider, WEBHOOK_SECRET } from './responses-provider.ts';

/** A gateway's settings for that provider, whose limits no test meets. */
export const configured = (provider: { url: string }): Record<string, string> => ({
  OPENAI_BASE_URL: provider.url,
  OPENAI_API_KEY: 'test-key-0123456789',
  OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND: '1000',
  OPENAI_RATE_LIMIT_BURST: '1000',
  OPENAI_WEBHOOK_SECRET: WEBHOOK_SECRET,
});

const TASK = `__typename
  ... on Job { id kind status attempt elapsedSeconds error { code message step retryable }
    usage { inputTokens outputTokens modelCalls } }
  ... on BackgroundTask { question effort model response }`;

type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Answer>;

/** What a client does with background tasks. */
export function tasksOf(ask: Ask, url: string) {
  let webhooks = 0;
  const start = async (input: Record<string, unknown>) =>
    (
      await ask(
        `mutation($input: StartBackgroundTaskInput!) { startBackgroundTask(input: $input) {
          ${TASK} ... on Error { message } ... on InvalidInputError { issues { path } } ... on RateLimitedError { retryAfterSeconds } } }`,
        { input },
      )
    ).data.startBackgroundTask;
  return {
    start,
    task: async (id: string) => (await ask(`query($id: ID!) { job(id: $id) { ${TASK} } }`, { id })).data.job,
    cancel: async (id: string) =>
      (await ask(`mutation($id: ID!) { cancelJob(id: $id) { ${TASK} } }`, { id })).data.cancelJob,
    remove: async (id: string) =>
      (await ask('mutation($id: ID!) { deleteJob(id: $id) { __typename } }', { id })).data.deleteJob
        .__typename,
    /** The provider tells that a response is worth asking for. */
    ring: async (responseId: string) => {
      webhooks += 1;
      return (await deliver(url, `wh_${responseId}_${webhooks}`, newsOf(responseId))).status;
    },
  };
}

interface TaskEvent {
  type: string;
  seq: number;
  status?: string;
  step?: string;
  stream?: string;
  offset?: number;
  text?: string;
  message?: string;
}

/** Waits until the job is over and gives it; its events too. */
export async function ended(gateway: TestGateway, id: string) {
  const events: TaskEvent[] = [];
  const query = `subscription { jobProgress(jobId: "${id}") { type: __typename seq
    ... on JobStatusChanged { status } ... on JobStepCompleted { step } ... on JobTextAppended { stream offset text }
    ... on JobLogged { message } } }`;
  for await (const { data } of gateway.follow(query)) events.push(data.jobProgress);
  const task: Record<string, unknown> = await tasksOf(gateway.ask, gateway.url).task(id);
  return { ...task, events } as Record<string, unknown> & { events: TaskEvent[] };
}

/** Waits until the provider works on the question, and was asked how far it is. */
export async function thinking(provider: ResponsesProvider, question: string) {
  for (let count = 1; ; count += 1) {
    await provider.seen('POST', '/responses', count);
    const response = provider.about(question).at(-1);
    if (!response) continue;
    await provider.seen('GET', `/${response.id}`);
    return response;
  }
}
