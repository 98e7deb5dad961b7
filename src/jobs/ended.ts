import type { Trx } from '../store/index.ts';
import { lastOf, streamed } from './log.ts';
import type { EventBody, FinalStatus } from './types.ts';

/** A job at the moment of its end, as its kind sees it. */
export class EndedJob {
  readonly id: string;
  readonly sessionId: string | null;
  readonly input: unknown;
  readonly status: FinalStatus;
  /** What the work returned; null unless the job COMPLETED. */
  readonly output: unknown;
  readonly #trx: Trx;

  constructor(
    trx: Trx,
    job: { id: string; sessionId: string | null; input: unknown; status: FinalStatus; output: unknown },
  ) {
    this.#trx = trx;
    this.id = job.id;
    this.sessionId = job.sessionId;
    this.input = job.input;
    this.status = job.status;
    this.output = job.output;
  }

  /** Outputs of the steps that were completed, by name. */
  async steps(): Promise<Map<string, unknown>> {
    const rows = await this.#trx
      .selectFrom('job_steps')
      .select(['name', 'output'])
      .where('job_id', '=', this.id)
      .execute();
    return new Map(rows.map(({ name, output }) => [name, output]));
  }

  /** The text of a stream as its followers have it: from where it began last. */
  async streamed(stream: string): Promise<string> {
    return streamed(this.#trx, this.id, stream);
  }

  /** The newest event of a type. */
  async last<Type extends EventBody['type']>(type: Type): Promise<Extract<EventBody, { type: Type }> | null> {
    return lastOf(this.#trx, this.id, type);
  }
}
