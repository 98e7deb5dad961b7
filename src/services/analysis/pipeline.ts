import { JobFailure, type JobKind, type Run } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import type { TextBounds } from '../input.ts';
import { asJobFailure } from '../models/index.ts';
import {
  type ColumnProfile,
  type DatasetFormat,
  type Execution,
  ProgramError,
  type Sandbox,
  SandboxLimitError,
} from '../sandbox/index.ts';
import type { Storage } from '../storage.ts';
import type { Analyst, FailedProgram, Plan, Question, Thinking } from './analyst.ts';
import { type Language, MESSAGES } from './messages.ts';
import { renderReport } from './report.ts';

export const ANALYSIS = 'ANALYSIS';

/** A program that fails goes back to the analyst with its error this often. */
const MAX_REPAIRS = 2;
const TIMEOUT_MS = 10 * 60_000;
/** Stream of the report's Markdown while it is written. */
const REPORT = 'report';

/** What an analysis job is asked. */
export interface AnalysisInput {
  message: string;
  datasetId: string | null;
  model: string;
  language: Language;
}

export const ANALYSIS_TEXTS: TextBounds<'message'> = { message: 10_000 };

/** What it answers. */
export interface AnalysisResult {
  plan: Plan;
  code: string;
  execution: Execution & { repairs: number };
  report: { markdown: string; html: string };
}

interface Needs {
  db: Db;
  storage: Storage;
  sandbox: Sandbox;
  analysts: ReadonlyMap<string, Analyst>;
  /** Analyses that run at a time in one process. */
  concurrency: number;
}

/** A dataset as the pipeline needs it; kept as a step, so that the whole analysis sees one and the same. */
interface Data {
  name: string;
  format: DatasetFormat;
  storageKey: string;
  profile: { rowCount: number; columns: ColumnProfile[] };
}

/** profile → plan → code → execute → report. */
export function analysisKind(needs: Needs): JobKind<AnalysisInput> {
  return {
    kind: ANALYSIS,
    concurrency: needs.concurrency,
    timeoutMs: TIMEOUT_MS,
    work: (run) =>
      analyse(run, needs).catch((error: unknown) => {
        throw asJobFailure(error);
      }),
  };
}

async function analyse(run: Run<AnalysisInput>, needs: Needs): Promise<AnalysisResult> {
  const { message, datasetId, model, language } = run.input;
  const messages = MESSAGES[language];
  const analyst = needs.analysts.get(model);
  if (!analyst) throw new JobFailure('UNKNOWN_MODEL', `No model is called ${model}.`);

  // The seed counts the file as a step of its own; its second message shares the plan's number.
  const total = datasetId ? 5 : 4;
  const at = (step: number) => step + total - 4;

  let data: Data | undefined;
  if (datasetId) {
    await run.progress(1, total, messages.readingFile);
    data = await run.step('profile', () => readProfile(needs.db, datasetId));
    await run.progress(2, total, messages.fileRead);
  }
  const question: Question = {
    message,
    language,
    ...(data && { dataset: { name: data.name, profile: data.profile } }),
  };

  const thinking: Thinking = {
    sessionId: run.job.sessionId ?? '',
    signal: run.signal,
    used: (usage) => run.used({ ...usage, modelCalls: 1 }),
  };

  await run.progress(at(1), total, messages.planning);
  const plan = await run.step('plan', () => analyst.plan(question, thinking));

  await run.progress(at(2), total, messages.coding);
  const code = await run.step('code', () => analyst.code(question, plan, undefined, thinking));

  await run.progress(at(3), total, messages.executing);
  const executed = await executeWithRepairs(run, needs, { analyst, thinking, question, plan, code, data });

  await run.progress(at(4), total, messages.reporting);
  const report = await run.step('report', async () => {
    let markdown = '';
    for await (const piece of analyst.report(question, plan, executed.execution, thinking)) {
      markdown += piece;
      await run.text(REPORT, piece);
    }
    return { markdown, html: renderReport(markdown, executed.execution.charts, language) };
  });

  return { plan, ...executed, report };
}

async function readProfile(db: Db, datasetId: string): Promise<Data> {
  const row = await db.selectFrom('datasets').selectAll().where('id', '=', datasetId).executeTakeFirst();
  if (!row) throw new JobFailure('DATASET_GONE', 'The dataset does not exist any more.');
  return {
    name: row.name,
    format: row.format as DatasetFormat,
    storageKey: row.storage_key,
    profile: { rowCount: row.row_count, columns: row.columns as ColumnProfile[] },
  };
}

interface Draft {
  analyst: Analyst;
  thinking: Thinking;
  question: Question;
  plan: Plan;
  code: string;
  data: Data | undefined;
}

/** A failed execution is a step too: a program that failed once is not run again after a crash. */
async function executeWithRepairs(run: Run<AnalysisInput>, needs: Needs, draft: Draft) {
  const { analyst, thinking, question, plan, data } = draft;
  let { code } = draft;

  for (let repairs = 0; ; repairs += 1) {
    const round = repairs === 0 ? '' : `-${repairs}`;
    const attempt = await run.step(`execute${round}`, (signal) => execute(needs, code, data, signal));
    if ('execution' in attempt) return { code, execution: { ...attempt.execution, repairs } };
    if (repairs === MAX_REPAIRS)
      throw new JobFailure(
        'PROGRAM_FAILED',
        `The generated code failed ${repairs + 1} times: ${attempt.error}`,
      );

    await run.log('WARN', MESSAGES[run.input.language].repairing(repairs + 1, attempt.error));
    const failed: FailedProgram = { code, error: attempt.error };
    code = await run.step(`repair-${repairs + 1}`, () => analyst.code(question, plan, failed, thinking));
  }
}

async function execute(
  { storage, sandbox }: Needs,
  code: string,
  data: Data | undefined,
  signal: AbortSignal,
): Promise<{ execution: Execution } | { error: string }> {
  try {
    if (!data) return { execution: await sandbox.run(code, undefined, signal) };
    const { storageKey, format } = data;
    const execution = await storage.withLocalFile(storageKey, signal, (path) =>
      sandbox.run(code, { path, format }, signal),
    );
    return { execution };
  } catch (error) {
    if (error instanceof ProgramError || error instanceof SandboxLimitError) return { error: error.message };
    throw error;
  }
}
