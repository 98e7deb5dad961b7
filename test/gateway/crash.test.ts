import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GatewayProcess } from '../support/killable-gateway.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-crash-'));
const diary = join(directory, 'diary');
let gateway: GatewayProcess;

beforeAll(start, 180_000);
afterAll(async () => {
  await gateway.end('SIGTERM');
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  gateway = await GatewayProcess.start({ DATA_DIR: join(directory, 'data'), DIARY: diary });
}

async function ask(query: string, accept = 'application/json'): Promise<Response> {
  return fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query }),
  });
}
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the query asks for
const data = async (query: string): Promise<any> =>
  ((await (await ask(query)).json()) as { data: unknown }).data;

interface Event {
  type: string;
  seq: number;
  step?: string;
  progress?: { step: number; message: string };
  status?: string;
}

/** The job's events behind `after`, until the connection ends. */
async function* follow(jobId: string, after = 0): AsyncGenerator<Event> {
  const response = await ask(
    `subscription { jobProgress(jobId: "${jobId}", after: ${after}) { type: __typename seq
      ... on JobStepCompleted { step } ... on JobProgressed { progress { step message } } ... on JobStatusChanged { status } } }`,
    'text/event-stream',
  );
  let text = '';
  try {
    for await (const chunk of (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(
      new TextDecoderStream(),
    )) {
      const lines = `${text}${chunk}`.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines)
        if (line.startsWith('data: {'))
          yield JSON.parse(line.slice('data: '.length)).data.jobProgress as Event;
    }
  } catch {
    // The process was killed.
  }
}

const labelOf = ({ type, step, progress, status }: Event) =>
  `${type} ${step ?? progress?.message ?? status ?? ''}`.trim();

describe('a gateway that is killed in the middle of an analysis', () => {
  let sessionId: string;

  it.each([
    'JobStatusChanged STARTED',
    'JobStatusChanged RUNNING',
    'JobProgressed Generating the plan…',
    'JobStepCompleted plan',
    'JobProgressed Generating the code…',
    'JobStepCompleted code',
    'JobProgressed Executing the code…',
    'JobStepCompleted execute',
    'JobProgressed Generating the report…',
    'JobTextAppended',
    'JobStepCompleted report',
  ])(
    'at %s: the job completes after a restart, and no completed step runs again',
    async (moment) => {
      sessionId ??= (await data('mutation { createSession { ... on Session { id } } }')).createSession.id;
      const { startAnalysis } = await data(
        `mutation { startAnalysis(input: { sessionId: "${sessionId}", model: "watched", message: "${moment}" }) { ... on AnalysisJob { id } } }`,
      );
      const before: Event[] = [];
      for await (const event of follow(startAnalysis.id)) {
        before.push(event);
        if (labelOf(event) === moment) break;
      }
      expect(labelOf(before.at(-1) as Event)).toBe(moment);
      await gateway.end('SIGKILL');
      await start();

      const log: Event[] = [...before];
      for await (const event of follow(startAnalysis.id, before.length)) log.push(event);
      expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
      expect(log.at(-1)?.type).toBe('JobFinished');
      expect(log.at(-2)?.status).toBe('COMPLETED');

      const completed = log.flatMap(({ step }) => step ?? []);
      expect(completed).toEqual(['plan', 'code', 'execute', 'report']);
      const asked = readFileSync(diary, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith(` ${moment}`));
      for (const step of before.flatMap(({ step }) => step ?? []).filter((step) => step !== 'execute'))
        expect(asked.filter((line) => line === `${step} ${moment}`)).toHaveLength(1);

      const { job } = await data(`{ job(id: "${startAnalysis.id}") { status lastSeq attempt } }`);
      expect(job).toMatchObject({ status: 'COMPLETED', lastSeq: log.length });
      expect(job.attempt).toBeLessThanOrEqual(2);
    },
    60_000,
  );
});
