import {
  newQuickJSWASMModule,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  RELEASE_SYNC,
} from 'quickjs-emscripten';
import { ProgramError, SandboxError, SandboxLimitError } from '../errors.ts';
import type { SandboxLimits } from '../types.ts';
import { prelude } from './prelude.ts';

/** What a program can call. Each takes and returns JSON text. */
export interface Host {
  sql(query: string, parameters: string): unknown;
  table(title: string, columns: string, rows: string, truncated: boolean): unknown;
  tableOf(title: string, query: string): unknown;
  chart(title: string, spec: string, rows: string): unknown;
  print(text: string): unknown;
}

const file = 'program.js';
const stackBytes = 1024 * 1024;
/** Promise jobs between two looks at the clock. */
const jobsAtOnce = 1_000;

/**
 * Runs a program in a QuickJS of its own, to its end.
 *
 * @throws {ProgramError} @throws {SandboxLimitError} Both with the program's line where one is known.
 */
export async function runProgram(
  code: string,
  host: Host,
  limits: SandboxLimits,
  deadline: number,
): Promise<void> {
  const quickjs = await newQuickJSWASMModule(RELEASE_SYNC);
  const runtime = quickjs.newRuntime();
  runtime.setMemoryLimit(Math.floor(limits.memoryBytes / 5));
  runtime.setMaxStackSize(stackBytes);
  runtime.setInterruptHandler(() => Date.now() > deadline);
  const vm = runtime.newContext();
  const describe = install(vm, host, limits);

  try {
    // One line in front, so that line numbers stay the program's.
    const evaluated = vm.evalCode(`(async () => {${code}\n})()`, file);
    if (evaluated.error) throw explain(vm, describe, evaluated.error, code, limits);
    settle(vm, runtime, describe, evaluated.value, code, limits, deadline);
  } catch (error) {
    // Interrupted between the steps of a promise, the engine says something else: that a function is none, say.
    if (error instanceof ProgramError && Date.now() > deadline)
      throw new SandboxLimitError('timeoutMs', limits.timeoutMs, error.line);
    throw error instanceof SandboxError ? error : engineFailure(error, limits);
  }
}

function settle(
  vm: QuickJSContext,
  runtime: QuickJSRuntime,
  describe: QuickJSHandle,
  promise: QuickJSHandle,
  code: string,
  limits: SandboxLimits,
  deadline: number,
): void {
  for (;;) {
    const jobs = runtime.executePendingJobs(jobsAtOnce);
    if (jobs.error) throw explain(vm, describe, jobs.error, code, limits);
    const state = vm.getPromiseState(promise);
    if (state.type === 'fulfilled') return;
    if (state.type === 'rejected') throw explain(vm, describe, state.error, code, limits);
    if (Date.now() > deadline) throw new SandboxLimitError('timeoutMs', limits.timeoutMs);
    if (!runtime.hasPendingJob()) {
      throw new ProgramError('The program awaits something that never happens.');
    }
  }
}

/** Puts the API in place and returns the function that describes whatever was thrown. */
function install(vm: QuickJSContext, host: Host, limits: SandboxLimits): QuickJSHandle {
  const functions = vm.newObject();
  const offer = (name: keyof Host, call: (...args: QuickJSHandle[]) => unknown) => {
    const handle = vm.newFunction(name, (...args) => vm.newString(reply(() => call(...args))));
    vm.setProp(functions, name, handle);
  };
  const text = (handle: QuickJSHandle | undefined) => (handle ? vm.getString(handle) : '');
  offer('sql', (query, values) => host.sql(text(query), text(values)));
  offer('table', (title, columns, rows, cut) =>
    host.table(text(title), text(columns), text(rows), cut !== undefined && vm.dump(cut) === true),
  );
  offer('tableOf', (title, query) => host.tableOf(text(title), text(query)));
  offer('chart', (title, spec, rows) => host.chart(text(title), text(spec), text(rows)));
  offer('print', (line) => host.print(text(line)));

  const api = vm.unwrapResult(vm.evalCode(prelude, 'sandbox.js'));
  return vm.unwrapResult(vm.callFunction(api, vm.undefined, functions, vm.newNumber(limits.tableRows)));
}

/** Errors travel as data too; the prelude throws them again on its side. */
function reply(call: () => unknown): string {
  try {
    return JSON.stringify(call() ?? {});
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const limit = error instanceof SandboxLimitError ? error.limit : undefined;
    return JSON.stringify({ failure: { name: error.name, message: error.message, limit } });
  }
}

interface Thrown {
  name: string;
  message: string;
  stack?: string;
  limit?: string;
}

function explain(
  vm: QuickJSContext,
  describe: QuickJSHandle,
  error: QuickJSHandle,
  code: string,
  limits: SandboxLimits,
): Error {
  vm.runtime.setMemoryLimit(-1); // describing a lack of memory takes some
  const described = vm.callFunction(describe, vm.undefined, error);
  if (described.error) return new SandboxLimitError('timeoutMs', limits.timeoutMs);
  const { name, message, stack, limit } = JSON.parse(vm.getString(described.value)) as Thrown;

  const lines = code.split('\n');
  const at = new RegExp(`${file}:(\\d+)`).exec(stack ?? '')?.[1];
  const line = at === undefined ? undefined : Math.min(Number(at), lines.length);
  const crossed = name === 'InternalError' ? engineLimit(message) : limit;
  if (crossed && Object.hasOwn(limits, crossed)) {
    const key = crossed as keyof SandboxLimits;
    const said = name === SandboxLimitError.name ? message : undefined;
    return new SandboxLimitError(key, limits[key], line, said);
  }

  const what = name === ProgramError.name ? message : message ? `${name}: ${message}` : name;
  const hint = message === 'stack overflow' ? ' (does a function call itself without end?)' : '';
  const source = line === undefined ? '' : `\n  at line ${line}: ${lines[line - 1]!.trim().slice(0, 200)}`;
  return new ProgramError(`${what}${hint}${source}`, line);
}

const engineLimit = (message: string): string | undefined =>
  ({ interrupted: 'timeoutMs', 'out of memory': 'memoryBytes' })[message];

/** The engine itself gave up, below the program. */
function engineFailure(error: unknown, limits: SandboxLimits): Error {
  const message = error instanceof Error ? error.message : String(error);
  if (/call stack/i.test(message))
    return new ProgramError('The program nests its calls too deeply (stack overflow).');
  if (/memory|OOM/i.test(message)) return new SandboxLimitError('memoryBytes', limits.memoryBytes);
  return new ProgramError(`The program broke the engine: ${message}`);
}
