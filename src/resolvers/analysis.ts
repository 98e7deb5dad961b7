import type { BusyPolicy, Job } from '../jobs/index.ts';
import type { AnalysisInput } from '../services/index.ts';
import type { Context } from './context.ts';

interface StartInput {
  sessionId: string;
  message: string;
  datasetId?: string | null | undefined;
  model?: string | null | undefined;
  onBusy: BusyPolicy;
  idempotencyKey?: string | null | undefined;
}

const inputOf = (job: Job) => job.input as AnalysisInput;

export const message = (job: Job) => inputOf(job).message;

export const model = (job: Job) => inputOf(job).model;

export const dataset = (job: Job, _: unknown, { load }: Context) => {
  const { datasetId } = inputOf(job);
  return datasetId === null ? null : load.dataset.load(datasetId);
};

export const result = (job: Job, _: unknown, { load }: Context) => load.result.load(job);

export const startAnalysis = (_: unknown, { input }: { input: StartInput }, { analyses, viewer }: Context) =>
  analyses.start(viewer, input);
