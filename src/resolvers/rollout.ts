import type { Job } from '../jobs/index.ts';
import type { RolloutInput } from '../migration/index.ts';
import type { Context } from './context.ts';

const inputOf = (job: Job) => job.input as RolloutInput;

export const feature = (job: Job) => inputOf(job).feature;

export const steps = (job: Job) => [...inputOf(job).steps];

export const currentPercentage = (job: Job, _: unknown, { rollouts }: Context) => rollouts.percentageOf(job);

export const minRequestsPerStep = (job: Job) => inputOf(job).minRequestsPerStep;

export const stepSeconds = (job: Job) => inputOf(job).stepSeconds;

export const reason = (job: Job) => inputOf(job).reason;

export const startRollout = (_: unknown, { input }: { input: RolloutInput }, { rollouts, viewer }: Context) =>
  rollouts.start(viewer, input);
