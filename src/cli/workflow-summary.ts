import type { WorkflowQuery } from '../../sdk/index.ts';
import { rendered } from './markdown.ts';
import { columns, printable } from './text.ts';

type Job = Extract<WorkflowQuery['job'], { __typename: 'WorkflowJob' }>;

/** Of one output, characters; `--json` has it all. */
const LONGEST_OUTPUT = 4_000;
const LONGEST_REASON = 100;

/** What became of a run: its threads, what the last of them gave, and the count. */
export function summaryOf(job: Job): string {
  const parts = [table(job), ...outputs(job), counts(job)];
  return parts.filter(Boolean).join('\n\n');
}

function table({ threads, graph }: Job): string {
  const levels = new Map(
    graph.executionOrder.flatMap((level, index) => level.map((name) => [name, index + 1])),
  );
  const rows = threads.map(({ name, status, attempt, startedAt, finishedAt, reason }) => [
    String(levels.get(name) ?? ''),
    name,
    status,
    attempt > 1 ? String(attempt) : '',
    startedAt && finishedAt ? ((Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000).toFixed(1) : '',
    shortened((reason ?? '').replace(/\s+/g, ' '), LONGEST_REASON),
  ]);
  const head = ['LEVEL', 'THREAD', 'STATUS', 'TRIES', 'SECONDS', 'REASON'];
  return printable(columns([head, ...rows], [true, false, false, true, true]));
}

/** Of those that nothing depends on: whoever asked wants to know what came out. */
function outputs({ threads, graph }: Job): string[] {
  const sources = new Set(graph.dependencies.filter(({ enabled }) => enabled).map(({ source }) => source));
  return threads
    .filter(({ name, status }) => status === 'COMPLETED' && !sources.has(name))
    .map(({ name, output }) => `${name}:\n${worded(output)}`);
}

/** A report as a report, an answer as a text, anything else as JSON. */
function worded(output: unknown): string {
  const { report, response, reply } = (output ?? {}) as Record<string, unknown>;
  const markdown = (report as { markdown?: unknown } | undefined)?.markdown;
  if (typeof markdown === 'string') return rendered(markdown);
  for (const text of [response, reply, output])
    if (typeof text === 'string') return shortened(printable(text), LONGEST_OUTPUT);
  return shortened(printable(JSON.stringify(output, null, 2)), LONGEST_OUTPUT);
}

function counts({ status, summary }: Job): string {
  if (!summary) return `The run is ${status}.`;
  const { successfulThreads, failedThreads, skippedThreads, cancelledThreads, totalExecuted, successRate } =
    summary;
  const others = Object.entries({
    failed: failedThreads,
    skipped: skippedThreads,
    cancelled: cancelledThreads,
  })
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `, ${names.length} ${word}`);
  const share = Math.round(successRate * 1_000) / 10;
  return `${status}: ${totalExecuted} executed, ${successfulThreads.length} successful (${share} %)${others.join('')}.`;
}

const shortened = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
