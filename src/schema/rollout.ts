import { InvalidInputError, InvalidStateError } from '../errors.ts';
import type { Job as JobModel } from '../jobs/index.ts';
import * as resolve from '../resolvers/rollout.ts';
import { builder } from './builder.ts';
import { FeatureName } from './feature.ts';
import { Job } from './job.ts';
import { Node } from './node.ts';

export const RolloutJob = builder.objectRef<JobModel>('RolloutJob').implement({
  description:
    'Raises a feature’s share step by step while the comparison report allows it, and rolls back where it does not. ' +
    'Each decision is a JobLogged event with its figures. COMPLETED: the last step holds. FAILED with ROLLED_BACK: it ' +
    'went back; with INTERRUPTED: somebody else changed the feature meanwhile. Cancelling leaves the share where it is.',
  interfaces: [Job, Node],
  fields: (t) => ({
    feature: t.field({ type: FeatureName, resolve: resolve.feature }),
    steps: t.intList({ description: 'Shares in percent.', resolve: resolve.steps }),
    currentPercentage: t.int({
      description: 'The share that it set last; 0 before the first step, and where it went back.',
      resolve: resolve.currentPercentage,
    }),
    minRequestsPerStep: t.int({ resolve: resolve.minRequestsPerStep }),
    stepSeconds: t.int({ resolve: resolve.stepSeconds }),
    reason: t.string({ resolve: resolve.reason }),
  }),
});

const StartRolloutInput = builder.inputType('StartRolloutInput', {
  fields: (t) => ({
    feature: t.field({
      type: FeatureName,
      required: true,
      description: 'CHAT, SCENARIO, WATCH or LLM: their calls are measured.',
    }),
    steps: t.intList({
      required: true,
      defaultValue: [10, 50, 100],
      description: 'Shares in percent, each above the one before; at most 20.',
    }),
    minRequestsPerStep: t.int({
      required: true,
      defaultValue: 300,
      description: 'Calls of the new service without which no step is left. Verdicts need 300 in any case.',
    }),
    stepSeconds: t.int({
      required: true,
      defaultValue: 3600,
      description: 'How long each step lasts at least; a week at most.',
    }),
    reason: t.string({ required: true, description: 'Kept with each change; 500 characters at most.' }),
  }),
});

builder.mutationField('startRollout', (t) =>
  t.field({
    type: RolloutJob,
    description: 'Starts a rollout; one of each feature at a time. It lifts a rollback from before.',
    errors: { types: [InvalidInputError, InvalidStateError], union: { name: 'StartRolloutResult' } },
    args: { input: t.arg({ type: StartRolloutInput, required: true }) },
    resolve: resolve.startRollout,
  }),
);
