import { sql } from 'kysely';
import { type Db, json } from '../store/index.ts';
import type { OnEnd } from './desk.ts';
import { AttemptStopped, JobFailure, lostStore } from './errors.ts';
import { append, type Fence } from './log.ts';
import type { Turn } from './turn.ts';
import type { EventBody, Job, LogLevel, Progress, Usage } from './types.ts';
import { LogWriter, type Writing } from './writer.ts';

/** Characters of JSON that one step may keep. */
const LONGEST_OUTPUT = 32 * 1024 * 1024;

/** What a kind of job is and does. */
export interface JobKind<Input = unknown> {
  kind: string;
  /** Jobs of the kind that one process runs at the same time. */
  concurrency: number;
  /** An attempt that takes longer FAILED. Milliseconds, at most a day. */
  timeoutMs: number;
  /**
   * The work. Whatever it keeps between attempts it keeps through `run.step`. It must end soon after `run.signal`
   * fires, and what it does not catch ends the job as FAILED.
   *
   * @returns The job's output.
   */
  work(run: Run<Input>): Promise<unknown>;
  /** Part of the transaction that ends a job of the kind, however it ends and whoever ends it. */
  onEnd?: OnEnd;
  /**
   * Behind that transaction, where a worker ended the job. What it does must be done by somebody else too: the process
   * may die before. A failure is logged.
   */
  afterEnd?: (job: Job) => Promise<void>;
}

/**
 * A kind of job that no worker runs: it is made of others, its children. Whenever something happened to it, or to one
 * of them, it gets a turn, which decides what comes next, and between its turns it lives in the store alone.
 */
export interface CoordinatedKind {
  kind: string;
  /** One turn, in one transaction that holds the job's row. Throwing undoes it, and ends the job as FAILED. */
  coordinate(turn: Turn): Promise<void>;
  /**
   * The last turn of a job that is given up, because `coordinate` threw: what the kind keeps of it must say so. The
   * engine ends the job and stops its children in the same transaction. It should need little: whatever made the other
   * throw is still there.
   */
  abandon?(turn: Turn): Promise<void>;
}

export interface RunNeeds {
  db: Db;
  fence: Fence;
  /** Outputs of the steps that earlier attempts completed. */
  completed: Map<string, unknown>;
  /** Aborted when the attempt has to end; by the run itself when it finds that its log is somebody else's. */
  stop: AbortController;
  /** Hears of each write to the log before it begins. */
  writing: Writing;
}

/** One attempt at a job, as its work sees it. Every write is refused once another attempt has taken over. */
export class Run<Input = unknown> {
  readonly job: Job;
  readonly input: Input;
  /** Fires on cancel, timeout, shutdown, or when the job was taken over; its reason is an `AttemptStopped`. */
  readonly signal: AbortSignal;
  readonly #needs: RunNeeds;
  readonly #writer: LogWriter;
  #currentStep: string | null = null;

  constructor(job: Job, needs: RunNeeds) {
    this.job = job;
    this.input = job.input as Input;
    this.signal = needs.stop.signal;
    this.#needs = needs;
    const { db, fence, stop, writing } = needs;
    this.#writer = new LogWriter(db, job.id, fence, (reason) => stop.abort(reason), writing);
  }

  /** The step that is under way, or failed. */
  get currentStep(): string | null {
    return this.#currentStep;
  }

  /**
   * Computes something once, however often the job is taken up: the output is stored before the next step begins,
   * and a later attempt gets it from there.
   *
   * @param work Gives plain JSON.
   * @param usageOf What the work used, counted in the same moment: once, whenever the process dies.
   */
  async step<Output>(
    name: string,
    work: (signal: AbortSignal) => Promise<Output>,
    usageOf?: (output: Output) => Usage,
  ): Promise<Output> {
    if (this.#needs.completed.has(name)) return this.#needs.completed.get(name) as Output;
    this.signal.throwIfAborted();
    this.#currentStep = name;

    const began = performance.now();
    const output = await work(this.signal);
    await this.#complete(name, output, Math.round(performance.now() - began), usageOf?.(output));

    this.#currentStep = null;
    return output;
  }

  progress(step: number, total: number, message: string): Promise<void> {
    if (this.signal.aborted) return refused(this.signal);
    const progress: Progress = { step, total, message };
    return this.#writer.write([{ type: 'JobProgressed', progress }], { progress });
  }

  /** Text that comes after the signal fired is refused, and appears nowhere. */
  text(stream: string, text: string): Promise<void> {
    if (this.signal.aborted) return refused(this.signal);
    return this.#writer.text(stream, text);
  }

  /** Voids what a stream says so far, for text that somebody else begins anew. */
  restart(stream: string): Promise<void> {
    if (this.signal.aborted) return refused(this.signal);
    return this.#writer.restart(stream);
  }

  /** Adds an event of the job's kind. */
  say(event: EventBody): Promise<void> {
    if (this.signal.aborted) return refused(this.signal);
    return this.#writer.write([event]);
  }

  log(level: LogLevel, message: string): Promise<void> {
    return this.#writer.write([{ type: 'JobLogged', level, message }]);
  }

  /** Adds to what the job used. Counted even where the job is being cancelled: it was paid for. */
  used(usage: Usage): Promise<void> {
    return this.#writer.write([], { usage });
  }

  /** Stores what is pending; the engine calls it when the work is over. */
  async close(): Promise<void> {
    await this.#writer.close();
  }

  /** The output and its event commit together, behind everything the step wrote. */
  async #complete(name: string, output: unknown, durationMs: number, usage?: Usage): Promise<void> {
    const { db, fence, stop } = this.#needs;
    const size = JSON.stringify(output ?? null).length;
    if (size > LONGEST_OUTPUT)
      throw new JobFailure(
        'OUTPUT_TOO_LARGE',
        `The step ${name} gave ${size} characters; ${LONGEST_OUTPUT} are allowed.`,
      );

    await this.#writer.flush();
    const stored = db.transaction().execute(async (trx) => {
      const seq = await append(
        trx,
        { jobId: this.job.id, events: [{ type: 'JobStepCompleted', step: name, durationMs }], usage },
        fence,
      );
      if (seq === null) return null;
      await sql`
        insert into job_steps (job_id, name, output, duration_ms)
        values (${this.job.id}, ${name}, ${json(output)}, ${durationMs})
      `.execute(trx);
      return seq;
    });
    const seq = await stored.catch(lostStore);
    if (seq === null) {
      const superseded = new AttemptStopped('superseded');
      stop.abort(superseded);
      throw superseded;
    }
    this.#needs.completed.set(name, output);
  }
}

/** A write that nobody waits for must not take the process down: the signal says the same. */
function refused(signal: AbortSignal): Promise<never> {
  const refusal = Promise.reject<never>(signal.reason);
  refusal.catch(() => {});
  return refusal;
}
