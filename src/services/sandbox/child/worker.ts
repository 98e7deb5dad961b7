/** The child's second thread: the program, its results and its charts. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { ProgramError } from '../errors.ts';
import { type Failure, toFailure } from '../protocol.ts';
import type { Execution, SandboxLimits } from '../types.ts';
import { caller } from './calls.ts';
import { runProgram } from './program.ts';
import { Results } from './results.ts';

export interface WorkerTask {
  code: string;
  limits: SandboxLimits;
  deadline: number;
  port: MessagePort;
  flag: Int32Array;
}

export type Outcome = { execution: Omit<Execution, 'durationMs'> } | { failure: Failure };

const { code, limits, deadline, port, flag } = workerData as WorkerTask;
// Vega takes as long to load as everything else together, and has to be there before the program runs, which
// calls synchronously: so it is loaded where the program's text speaks of charts.
const compileChart = code.includes('chart') ? (await import('./chart.ts')).compileChart : refuseChart;

function refuseChart(): never {
  throw new ProgramError('chart() has to be called by its name.');
}

let outcome: Outcome;
try {
  const results = new Results(limits, caller(port, flag), compileChart);
  await runProgram(code, results, limits, deadline);
  outcome = { execution: await results.finish() };
} catch (error) {
  outcome = { failure: toFailure(error) };
}
parentPort!.postMessage(outcome);
