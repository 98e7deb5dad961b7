import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { ProgramError, SandboxError, SandboxLimitError } from '../errors.ts';
import { fromFailure, toFailure } from '../protocol.ts';
import type { Execution, SandboxLimits } from '../types.ts';
import { answered, type Query, type QueryReply } from './calls.ts';
import type { Database } from './duckdb.ts';
import type { Outcome, WorkerTask } from './worker.ts';

/** Runs a program on a thread of its own and answers its queries from this one, so that `sql()` can be synchronous. */
export async function supervise(
  code: string,
  database: Promise<Database>,
  limits: SandboxLimits,
  deadline: number,
): Promise<Execution> {
  const startedAt = performance.now();
  const { port1: here, port2: there } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerTask = { code, limits, deadline, port: there, flag };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData,
    transferList: [there],
    env: { TZ: 'UTC' },
    stdout: true, // what its libraries print must not get into our answer
    // QuickJS' own stack lies in this one and must be the first to end.
    resourceLimits: { stackSizeMb: 16, maxOldGenerationSizeMb: Math.ceil(limits.memoryBytes / 4 / 2 ** 20) },
  });
  answer(database, here, flag);

  const outcome = await new Promise<Outcome>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', (error) => reject(translate(error, limits)));
    worker.once('exit', (code) => reject(new Error(`The program's thread ended with code ${code}.`)));
  });
  if ('failure' in outcome) throw fromFailure(outcome.failure);
  return { ...outcome.execution, durationMs: Math.round(performance.now() - startedAt) };
}

function answer(database: Promise<Database>, port: MessagePort, flag: Int32Array): void {
  port.on('message', async ({ sql, parameters, most }: Query) => {
    let reply: QueryReply;
    try {
      reply = { rows: await (await database).query(sql, parameters, most) };
    } catch (error) {
      reply = { failure: toFailure(error) };
    }
    port.postMessage(reply);
    answered(flag);
  });
}

function translate(error: unknown, limits: SandboxLimits): Error {
  if (!(error instanceof Error)) return new ProgramError(`The program broke the engine: ${String(error)}`);
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new SandboxLimitError('memoryBytes', limits.memoryBytes);
  if (error instanceof SandboxError) return error;
  return new ProgramError(`The program broke the engine: ${error.message}`);
}
