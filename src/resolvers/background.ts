import type { Job } from '../jobs/index.ts';
import type { BackgroundInput } from '../services/index.ts';
import type { Context } from './context.ts';

interface StartInput {
  sessionId?: string | null | undefined;
  question: string;
  effort: BackgroundInput['effort'];
  model?: string | null | undefined;
  timeoutSeconds?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

const inputOf = (job: Job) => job.input as BackgroundInput;

export const question = (job: Job) => inputOf(job).question;

export const effort = (job: Job) => inputOf(job).effort;

export const model = (job: Job) => inputOf(job).model;

export const response = (job: Job, _: unknown, { load }: Context) => load.response.load(job);

export const startBackgroundTask = (
  _: unknown,
  { input }: { input: StartInput },
  { backgroundTasks, viewer }: Context,
) => backgroundTasks.start(viewer, input);
