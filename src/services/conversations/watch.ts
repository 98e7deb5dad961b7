import type { EndedJob, JobKind, Run } from '../../jobs/index.ts';
import type { Trx } from '../../store/index.ts';
import { replyFailure, type ServiceRouter, type ServiceVersion } from '../chat/index.ts';
import type { ConversationMemory, NewMessage } from '../memory/index.ts';
import type { TokenUsage } from '../models/index.ts';
import { nextLine, partnerOf, type Scenario } from '../scenarios/index.ts';
import { sum } from './turn.ts';

export const WATCH = 'WATCH';

const AT_ONCE = 50;
const TIMEOUT_MS = 60 * 60_000;

/** What a watch is asked. */
export interface WatchInput {
  /** Kept in the job, so that a file that changes does not change who talks. */
  scenario: Scenario;
  /** Lines, the opening among them. */
  turns: number;
  model: string;
}

interface Line {
  speaker: string;
  text: string;
  /** Null of the opening, which nobody was asked for. */
  servedBy: ServiceVersion | null;
}

interface Needs {
  memory: ConversationMemory;
  router: ServiceRouter;
}

/** Two personas talk and the user watches: each line is one event of a stream that bears its speaker's name. */
export function watchKind({ memory, router }: Needs): JobKind<WatchInput> {
  return {
    kind: WATCH,
    concurrency: AT_ONCE,
    timeoutMs: TIMEOUT_MS,
    async work(run): Promise<{ lines: Line[] }> {
      const { turns } = run.input;
      const lines: Line[] = [];
      try {
        while (lines.length < turns) {
          const { speaker, say } = next(run, router, lines);
          await run.progress(lines.length + 1, turns, speaker);
          const line = await say();
          lines.push(line);
          await run.text(speaker, `${line.text}\n`);
        }
      } catch (error) {
        throw replyFailure(error);
      }
      return { lines };
    },
    onEnd: (trx, job) => remember(trx, job, memory),
    afterEnd: ({ sessionId }) => memory.flush(sessionId ?? ''),
  };
}

const openingOf = (scenario: Scenario): Line => ({
  speaker: partnerOf(scenario).name,
  text: scenario.opening,
  servedBy: null,
});

const stepOf = (turn: number): string => `line ${turn}`;

/** Who has the next line, and how to get it. A line is a step of its own: none is paid for twice. */
function next(
  run: Run<WatchInput>,
  router: ServiceRouter,
  lines: readonly Line[],
): { speaker: string; say: () => Promise<Line> } {
  const { scenario, model } = run.input;
  if (lines.length === 0) {
    const opening = openingOf(scenario);
    return { speaker: opening.speaker, say: async () => opening };
  }
  const said = lines.slice(1).map(({ text }) => text);
  const { speaker, instructions, history, message } = nextLine(scenario, said);
  const request = { sessionId: run.job.sessionId ?? '', instructions, history, message, model };

  const ask = async (signal: AbortSignal): Promise<{ line: Line; usage: TokenUsage }> => {
    let line: Line = { speaker: speaker.name, text: '', servedBy: 'LEGACY' };
    let usage: TokenUsage = { inputTokens: 0, outputTokens: 0 };
    for await (const event of router.reply('WATCH', request, signal)) {
      if ('served' in event) line = { ...line, text: '', servedBy: event.served };
      else if ('usage' in event) usage = sum(usage, event.usage);
      else line.text += event.text;
    }
    return { line: { ...line, text: line.text.trim() }, usage };
  };
  const step = stepOf(lines.length + 1);
  const say = async () => (await run.step(step, ask, ({ usage }) => ({ ...usage, modelCalls: 1 }))).line;
  return { speaker: speaker.name, say };
}

/** The lines that were finished, as the conversation's messages. One that was stopped before its first word has none. */
async function remember(trx: Trx, job: EndedJob, memory: ConversationMemory): Promise<void> {
  if (!job.sessionId) return;
  const opening = openingOf((job.input as WatchInput).scenario);
  if ((await job.streamed(opening.speaker)) === '') return;
  const steps = await job.steps();
  const lines = [opening];
  for (;;) {
    const step = steps.get(stepOf(lines.length + 1)) as { line: Line } | undefined;
    if (!step) break;
    lines.push(step.line);
  }
  const messages = lines.map(
    ({ speaker, text, servedBy }): NewMessage => ({
      role: 'ASSISTANT',
      content: `${speaker}: ${text}`,
      servedBy,
      interrupted: false,
    }),
  );
  await memory.append(trx, job.sessionId, 'WATCH', job.id, messages);
}
