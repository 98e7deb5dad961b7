import { RateLimitedError } from '../../errors.ts';
import { AttemptStopped, JobFailure, type JobKind, type Run } from '../../jobs/index.ts';
import { LONGEST_MODEL, type TextBounds } from '../input.ts';
import {
  asJobFailure,
  type BackgroundModel,
  type BackgroundResponse,
  BackgroundUnsupportedError,
  type LanguageModel,
  ModelAnswerError,
  ModelError,
  type TokenUsage,
} from '../models/index.ts';
import type { Doorbell } from './doorbell.ts';
import type { BackgroundResponses } from './responses.ts';

export const BACKGROUND_TASK = 'BACKGROUND_TASK';

/** Stream of the answer. */
const RESPONSE = 'response';
/** Asking again: soon at first, rarely later. A webhook comes before. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** A provider that has not said by then how a response stands is asked anew. */
const POLL_MS = 30_000;
/** For the provider to hear that nobody wants the answer any more; shorter than the grace of a stopped attempt. */
const STOP_MS = 4_000;
/** Tasks that one process follows at a time; following one costs a timer. */
const AT_ONCE = 200;
/** Clients name models as they like. */
const NAMES_KEPT = 1_000;
const DAY_SECONDS = 86_400;

/** Failures that are not the request's fault. */
const PROVIDERS_OWN = /server|rate_limit|timeout|overload|unavailable|internal/;
const NOTHING: TokenUsage = { inputTokens: 0, outputTokens: 0 };

export const EFFORTS = ['LOW', 'MEDIUM', 'HIGH'] as const;
export type Effort = (typeof EFFORTS)[number];

/** What a background task is asked. */
export interface BackgroundInput {
  question: string;
  effort: Effort;
  model: string;
  timeoutSeconds: number;
}

export const TASK_TEXTS: TextBounds<'question' | 'model'> = { question: 100_000, model: LONGEST_MODEL };

interface Needs {
  model: LanguageModel;
  background: BackgroundModel;
  responses: BackgroundResponses;
  doorbell: Doorbell;
  now: () => Date;
}

/** Long reasoning: started at the provider, followed until it ends, and kept the moment it is seen. */
export function backgroundKind(needs: Needs): JobKind<BackgroundInput> {
  // Found out once by model: what has no background mode will not grow one while we run.
  const without = new Set<string>();

  return {
    kind: BACKGROUND_TASK,
    concurrency: AT_ONCE,
    timeoutMs: DAY_SECONDS * 1_000,
    async work(run) {
      const { timeoutSeconds, model } = run.input;
      const began = run.job.startedAt ?? needs.now();
      const left = began.getTime() + 1_000 * timeoutSeconds - needs.now().getTime();
      const timeout = AbortSignal.timeout(Math.max(0, left));
      const signal = AbortSignal.any([run.signal, timeout]);
      try {
        if (!without.has(model))
          try {
            return await inBackground(run, needs, signal);
          } catch (error) {
            if (!(error instanceof BackgroundUnsupportedError)) throw error;
            if (without.size >= NAMES_KEPT) without.clear();
            without.add(model);
            await run.log('INFO', 'The provider has no background mode; the answer is streamed instead.');
          }
        return await streamed(run, needs, signal);
      } catch (error) {
        if (timeout.aborted && !run.signal.aborted)
          throw new JobFailure('TIMEOUT', `There was no answer within ${timeoutSeconds} s.`, {
            retryable: true,
            cause: error,
          });
        throw asJobFailure(error);
      }
    },
  };
}

async function inBackground(
  run: Run<BackgroundInput>,
  needs: Needs,
  signal: AbortSignal,
): Promise<{ response: string }> {
  const { responses } = needs;
  await run.progress(1, 2, 'Asking the model…');
  const responseId = await run.step('create', () => create(run, needs, signal));

  try {
    await run.progress(2, 2, 'The model is thinking…');
    const answer = await run.step(
      RESPONSE,
      async () => {
        const ended = await follow(responseId, needs, signal);
        await responses.settle(responseId);
        const failure = failureOf(ended);
        if (failure && ended.usage) await run.used({ ...ended.usage, modelCalls: 1 });
        if (failure) throw failure;
        return { text: ended.text, usage: ended.usage ?? NOTHING };
      },
      ({ usage }) => ({ ...usage, modelCalls: 1 }),
    );
    await run.text(RESPONSE, answer.text);
    return { response: answer.text };
  } catch (error) {
    if (signal.aborted && !isHandedOver(run.signal) && !(error instanceof JobFailure)) {
      // What fails here is stopped by the next sweep.
      const stopped = await responses.stop(responseId, AbortSignal.timeout(STOP_MS)).catch(() => null);
      if (stopped?.usage && run.currentStep === RESPONSE)
        await run.used({ ...stopped.usage, modelCalls: 1 }).catch(() => {});
    }
    throw error;
  }
}

/**
 * The one response of this job. A process that died behind the provider's acceptance, and before the id was stored,
 * leaves it unknown: it is asked for again under the same key.
 */
async function create(
  { job, input }: Run<BackgroundInput>,
  { responses, background }: Needs,
  signal: AbortSignal,
): Promise<string> {
  const known = await responses.of(job.id);
  if (known) return known;

  const { id } = await background.create(
    {
      model: input.model,
      question: input.question,
      effort: input.effort.toLowerCase() as 'low' | 'medium' | 'high',
      idempotencyKey: job.id,
      metadata: { job_id: job.id },
    },
    signal,
  );
  if (await responses.remember(job.id, id)) return id;
  await responses.stop(id, AbortSignal.timeout(STOP_MS)).catch(() => {});
  return (await responses.of(job.id)) ?? id;
}

/** Asks until the response has ended. A provider that does not answer, or not sensibly, is asked again. */
async function follow(
  responseId: string,
  { doorbell, background }: Needs,
  signal: AbortSignal,
): Promise<BackgroundResponse> {
  using bell = doorbell.of(responseId);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    const silence = AbortSignal.timeout(POLL_MS);
    try {
      const response = await background.retrieve(responseId, AbortSignal.any([signal, silence]));
      if (response.status !== 'queued' && response.status !== 'in_progress') return response;
    } catch (error) {
      if (!silence.aborted && !isPassing(error)) throw error;
    }
    await bell.wait(pause, signal);
  }
}

const isPassing = (error: unknown): boolean =>
  error instanceof RateLimitedError ||
  error instanceof ModelAnswerError ||
  (error instanceof ModelError && (error.retryable || error.outcomeUnknown));

/** Why there is no answer; null where there is one. */
function failureOf({ status, error }: BackgroundResponse): JobFailure | null {
  if (error)
    return new JobFailure(error.code.toUpperCase(), error.message || 'The provider does not say why.', {
      retryable: PROVIDERS_OWN.test(error.code),
    });
  if (status === 'completed') return null;
  if (status === 'incomplete')
    return new JobFailure('INCOMPLETE', 'The model stopped before its answer was complete.');
  if (status === 'cancelled')
    return new JobFailure('CANCELLED_BY_PROVIDER', 'The provider cancelled the response.', {
      retryable: true,
    });
  return new JobFailure('MODEL_FAILED', 'The provider failed, and does not say why.', { retryable: true });
}

/** The same job over an ordinary call, for providers without background mode. */
async function streamed(
  run: Run<BackgroundInput>,
  { model }: Needs,
  signal: AbortSignal,
): Promise<{ response: string }> {
  const { question, model: name } = run.input;
  await run.progress(1, 1, 'The model is thinking…');
  const work = async () => {
    let text = '';
    let usage = NOTHING;
    for await (const piece of model.stream(
      { model: name, messages: [{ role: 'user', content: question }] },
      signal,
    )) {
      if ('usage' in piece) usage = piece.usage;
      else {
        text += piece.text;
        await run.text(RESPONSE, piece.text);
      }
    }
    return { text, usage };
  };
  const answer = await run.step(RESPONSE, work, ({ usage }) => ({ ...usage, modelCalls: 1 }));
  return { response: answer.text };
}

const isHandedOver = ({ reason }: AbortSignal): boolean =>
  reason instanceof AttemptStopped && reason.reason !== 'cancelled';
