import { type EndedJob, JobFailure, type JobKind, type Run } from '../../jobs/index.ts';
import type { Trx } from '../../store/index.ts';
import { type ChatRequest, replyFailure, type ServiceRouter, type ServiceVersion } from '../chat/index.ts';
import { LONGEST_MODEL, type TextBounds } from '../input.ts';
import {
  type ConversationMemory,
  LegacyDocumentError,
  LegacySessionsUnavailableError,
  type Message,
  type NewMessage,
} from '../memory/index.ts';
import { ModelError, type TokenUsage } from '../models/index.ts';

export const CHAT_TURN = 'CHAT_TURN';

/** Stream of the reply. */
export const REPLY = 'reply';
/** Messages of the conversation that go to a model. */
const HISTORY = 50;
/** Turns that one process holds at a time; one costs a connection to the service that answers. */
const AT_ONCE = 250;
const TIMEOUT_MS = 10 * 60_000;
/** Characters of a reply that may wait to be stored; beyond that the service waits with them. */
const AHEAD = 64 * 1024;

/** What a turn is asked. */
export interface TurnInput {
  conversation: 'CHAT' | 'SCENARIO';
  message: string;
  model: string;
  /** The partner's role and first words, in a scenario's conversation. */
  scenario: { id: string; instructions: string; opening: string } | null;
}

export const TURN_TEXTS: TextBounds<'message' | 'model'> = { message: 32_000, model: LONGEST_MODEL };

/** What it answers. */
export interface TurnOutput {
  reply: string;
  servedBy: ServiceVersion;
  fellBack: boolean;
}

interface Needs {
  memory: ConversationMemory;
  router: ServiceRouter;
}

/**
 * One message and its reply. The reply streams into the job's log while the service gives it, and enters the
 * conversation in the transaction that ends the job, together with the message: whole, or marked as interrupted.
 */
export function chatTurnKind({ memory, router }: Needs): JobKind<TurnInput> {
  return {
    kind: CHAT_TURN,
    concurrency: AT_ONCE,
    timeoutMs: TIMEOUT_MS,
    async work(run): Promise<TurnOutput> {
      const { conversation, scenario, message, model } = run.input;
      const sessionId = run.job.sessionId ?? '';
      const reply = async (signal: AbortSignal) => {
        const history = await memory.recent(sessionId, conversationOf(run.input), HISTORY);
        const request: ChatRequest = {
          sessionId,
          history: [
            ...(scenario && history.length < HISTORY ? [said(scenario.opening)] : []),
            ...history.flatMap(past),
          ],
          message,
          model,
          ...(scenario && { instructions: scenario.instructions }),
        };
        return streamReply(run, router, conversation, request, signal);
      };
      try {
        const { usage: _, ...output } = await run.step(REPLY, reply, ({ usage }) => ({
          ...usage,
          modelCalls: 1,
        }));
        return output;
      } catch (error) {
        throw failureOf(error);
      }
    },
    onEnd: (trx, job) => remember(trx, job, memory),
    afterEnd: ({ sessionId }) => memory.flush(sessionId ?? ''),
  };
}

const said = (content: string) => ({ role: 'assistant' as const, content });

const past = ({ role, content }: Message) =>
  role === 'SYSTEM' ? [] : [role === 'USER' ? { role: 'user' as const, content } : said(content)];

function failureOf(error: unknown): unknown {
  if (error instanceof LegacySessionsUnavailableError || error instanceof LegacyDocumentError)
    return new JobFailure(error.code, error.message, { retryable: error.retryable, cause: error });
  return replyFailure(error);
}

/** Where the messages of a turn are kept: each scenario has a conversation of its own. */
export const conversationOf = ({ conversation, scenario }: Pick<TurnInput, 'conversation' | 'scenario'>) =>
  scenario ? (`SCENARIO:${scenario.id}` as const) : conversation;

async function streamReply(
  run: Run<TurnInput>,
  router: ServiceRouter,
  feature: 'CHAT' | 'SCENARIO',
  request: ChatRequest,
  signal: AbortSignal,
): Promise<TurnOutput & { usage: TokenUsage }> {
  let output: TurnOutput = { reply: '', servedBy: 'LEGACY', fellBack: false };
  let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
  let ahead = 0;
  let begun = false;
  try {
    for await (const event of router.reply(feature, request, signal)) {
      if ('served' in event) {
        output = { reply: '', servedBy: event.served, fellBack: event.fellBack };
        begun = false;
      } else if ('usage' in event) usage = sum(usage, event.usage);
      else {
        const { text } = event;
        // Nobody waits for what is written: the log keeps its order, what comes together is stored together, and a log
        // that is lost stops the run.
        if (!begun) {
          // With its first words, not before: a service that says nothing replaces nothing that another one said, and
          // the write would stand between the message and the call.
          begun = true;
          void run.say({ type: 'ReplyServed', servedBy: output.servedBy, fellBack: output.fellBack });
          void run.restart(REPLY);
        }
        output.reply += text;
        ahead += text.length;
        const stored = run.text(REPLY, text).then(() => {
          ahead -= text.length;
        });
        stored.catch(() => {});
        if (ahead > AHEAD) await stored;
      }
    }
  } catch (error) {
    if (error instanceof ModelError && error.usage) usage = sum(usage, error.usage);
    const paid = usage.inputTokens + usage.outputTokens > 0;
    if (paid && !signal.aborted) await run.used({ ...usage, modelCalls: 1 });
    throw error;
  }
  return { ...output, usage };
}

/** A service that failed in the middle was paid for too. */
export const sum = (a: TokenUsage, b: TokenUsage): TokenUsage => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

/** The turn's messages. One without any reply leaves nothing behind: it can be sent again as if it had not been. */
async function remember(trx: Trx, job: EndedJob, memory: ConversationMemory): Promise<void> {
  const input = job.input as TurnInput;
  const whole = job.output as TurnOutput | null;
  const reply = whole?.reply ?? (await job.streamed(REPLY));
  if (!job.sessionId || (!whole && reply.trim() === '')) return;

  const servedBy = whole?.servedBy ?? (await job.last('ReplyServed'))?.servedBy ?? null;
  const messages: NewMessage[] = [
    { role: 'USER', content: input.message, servedBy: null, interrupted: false },
    { role: 'ASSISTANT', content: reply, servedBy, interrupted: !whole },
  ];
  await memory.append(trx, job.sessionId, conversationOf(input), job.id, messages);
}
