import type { Costs } from '../../bench/scale/costs.ts';

/** Round numbers of the size of real ones. */
export const costs: Costs = {
  gateway: { job: 2_000, notification: 10, read: 200, event: 20, message: 10 },
  worker: { job: 3_000, batch: 300, event: 5, notification: 10 },
  postgres: { job: 5_000, batch: 600, event: 15, read: 200, wakeUp: 8 },
  clock: { commit: 500, draw: 5_000 },
  memory: { gateway: 140, worker: 149, follower: 15, runningJob: 20 },
  idle: { gateway: 0.01, worker: 0.01, postgres: 0.005 },
  listening: { gateway: 4, worker: 6 },
};
