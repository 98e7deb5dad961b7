import { builder } from './builder.ts';

export const DependencyType = builder.enumType('DependencyType', {
  values: {
    SEQUENTIAL: { description: 'The target starts after the source completed.' },
    PARALLEL: { description: 'No order: both may run at the same time.' },
    DATA_FLOW: { description: 'SEQUENTIAL, and the source’s output feeds the target’s input.' },
    CONDITIONAL: {
      description:
        'SEQUENTIAL, and the target runs only if the condition holds on the source’s output; else it is skipped.',
    },
  } as const,
});

export const CoordinationPolicy = builder.enumType('CoordinationPolicy', {
  values: {
    BEST_EFFORT: { description: 'Dependents of a failed thread are skipped; the rest goes on.' },
    STRICT: { description: 'The first failure, after its retries, stops the run.' },
    ADAPTIVE: {
      description:
        'Failures that may pass are retried, then treated as in BEST_EFFORT. One that will not pass, of a thread whose ' +
        'output others need, waits for resolveThreadFailure; of any other thread, the thread is skipped.',
    },
  } as const,
});

export const ThreadKind = builder.enumType('ThreadKind', {
  values: {
    ANALYSIS: { description: 'Input: `message`, `datasetId`, `model`.' },
    BACKGROUND_TASK: { description: 'Input: `question`, `effort`, `model`. Output: `response`.' },
    CHAT: {
      description:
        'Input: `message`, `model`. Output: `reply`. It is a turn of the session’s own conversation, so that one runs ' +
        'at a time.',
    },
    TRANSFORM: {
      description:
        'Input: `expression`, CEL over `inputs` (what flowed in) and `input` (the workflow’s); its value is the output.',
    },
  } as const,
});

export const ThreadStatus = builder.enumType('ThreadStatus', {
  values: {
    PENDING: {},
    READY: { description: 'All that it waits for is there; it waits for a place, or for its next try.' },
    RUNNING: {},
    WAITING: { description: 'Failed, and waits for resolveThreadFailure.' },
    COMPLETED: {},
    FAILED: {},
    SKIPPED: { description: 'Did not run, or needs not have; never a failure.' },
    CANCELLED: {},
  } as const,
});

export const ThreadJoin = builder.enumType('ThreadJoin', {
  values: {
    ALL: { description: 'Every incoming dependency must be satisfied.' },
    ANY: { description: 'One is enough.' },
  } as const,
});

export const FailureResolution = builder.enumType('FailureResolution', {
  values: {
    RETRY: { description: 'Try it again, with its retries renewed.' },
    SKIP: { description: 'Skip it, and what depends on it.' },
    ABORT: { description: 'Stop the run; it FAILED.' },
  } as const,
});
