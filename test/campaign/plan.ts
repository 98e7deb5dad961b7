/** How large a campaign is. */
export interface Plan {
  seed: number;
  gateways: number;
  workers: number;
  /** Jobs that clients start; what these start themselves comes on top. */
  jobs: number;
  subscribers: number;
  /** SIGKILLs of random processes. */
  kills: number;
  /** Times that Postgres goes away. */
  restarts: number;
  /** Between two faults, on average. */
  gapMs: number;
  /** For how long Postgres may be away, beside what it needs to come back. */
  awayMs: readonly number[];
  /** Of a model's reply: it streams for some eight times as long. */
  pieceMs: number;
  /** Without any news for so long, something hangs. A lost worker is found after some 20 s. */
  stallMs: number;
}

export const LONG: Plan = {
  seed: 1,
  gateways: 2,
  workers: 3,
  jobs: 5_000,
  subscribers: 500,
  kills: 200,
  restarts: 5,
  gapMs: 5_000,
  awayMs: [0, 500, 3_000, 8_000, 20_000],
  pieceMs: 200,
  stallMs: 240_000,
};

/** What fits into the tests. */
export const SHORT: Plan = {
  ...LONG,
  workers: 2,
  jobs: 70,
  subscribers: 20,
  kills: 8,
  restarts: 2,
  gapMs: 1_500,
  awayMs: [0, 500, 2_000],
  pieceMs: 60,
  stallMs: 120_000,
};

/** Sessions that the jobs are spread over: a handful of turns wait in each for the one that runs. */
export const sessionsOf = ({ subscribers }: Plan): number => Math.max(4, Math.ceil(subscribers / 6));

/**
 * Keeps jobs and faults in step, so that every stretch of the work has its share of both, and the work ends with
 * neither left over.
 */
export class Pace {
  started = 0;
  ended = 0;
  faults = 0;
  readonly #plan: Plan;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get mayStart(): boolean {
    const { jobs, subscribers } = this.#plan;
    return this.started < jobs && this.started < this.#due(this.faults + 1) + subscribers;
  }

  get mayBreak(): boolean {
    return this.ended >= this.#due(this.faults) - this.#plan.subscribers;
  }

  get over(): boolean {
    const { jobs, kills, restarts } = this.#plan;
    return this.ended === jobs && this.faults === kills + restarts;
  }

  /** Jobs that belong before that many faults. */
  #due(faults: number): number {
    const { jobs, kills, restarts } = this.#plan;
    return kills + restarts === 0 ? jobs : (jobs * faults) / (kills + restarts);
  }
}
