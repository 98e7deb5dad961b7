import { resolve } from 'node:path';
import { Slots } from '../slots.ts';
import { confine, type Log } from './confine.ts';
import { SandboxCrashError } from './errors.ts';
import { defaultDatasetLimits, defaultLimits } from './limits.ts';
import { fromFailure, type Reply, type Task } from './protocol.ts';
import type { DatasetLimits, Execution, Profile, SandboxLimits, TableFile } from './types.ts';

interface Needs {
  limits?: Partial<SandboxLimits>;
  datasetLimits?: Partial<DatasetLimits>;
  /** Child processes at a time; further calls wait in line. 4 by default. */
  concurrency?: number;
  log?: Log;
}

/** Runs what cannot be trusted, one child process per call. */
export class Sandbox {
  readonly #limits: SandboxLimits;
  readonly #datasetLimits: DatasetLimits;
  readonly #slots: Slots;
  readonly #log: Log;

  constructor(needs: Needs = {}) {
    this.#limits = { ...defaultLimits, ...needs.limits };
    this.#datasetLimits = { ...defaultDatasetLimits, ...needs.datasetLimits };
    this.#slots = new Slots(needs.concurrency ?? 4);
    this.#log = needs.log ?? (() => {});
  }

  /**
   * Reads a file as a table and describes it.
   *
   * @throws {NotATableError} With line and column where they are known.
   * @throws {DatasetTooLargeError} More rows or columns than `datasetLimits`.
   * @throws {SandboxLimitError} Reading it takes too long or too much memory.
   */
  async profile(file: TableFile, signal: AbortSignal): Promise<Profile> {
    const reply = await this.#ask({ kind: 'profile', file: absolute(file) }, signal);
    if ('profile' in reply) return reply.profile;
    throw new SandboxCrashError('The child answered another question.');
  }

  /**
   * Runs a program, with the file's rows in the table `data` where there is a file.
   * The file is read again and can fail as in `profile`.
   *
   * @param code JavaScript over `sql()`, `table()`, `chart()` and `print()`: see `child/prelude.ts`.
   * @throws {ProgramError} The program fails; the message is what its author needs for repair.
   * @throws {SandboxLimitError} Time, memory or the size of results; it says which.
   */
  async run(code: string, file: TableFile | undefined, signal: AbortSignal): Promise<Execution> {
    const reply = await this.#ask({ kind: 'run', code, file: file && absolute(file) }, signal);
    if ('execution' in reply) return reply.execution;
    throw new SandboxCrashError('The child answered another question.');
  }

  async #ask(task: Task, signal: AbortSignal): Promise<Exclude<Reply, { failure: unknown }>> {
    using _slot = await this.#slots.take(signal);

    const limits = this.#limits;
    const deadline = Date.now() + limits.timeoutMs;
    const request = { task, limits, datasetLimits: this.#datasetLimits, deadline };
    const reply = await confine(request, signal, this.#log);
    if ('failure' in reply) throw fromFailure(reply.failure);
    return reply;
  }
}

const absolute = (file: TableFile): TableFile => ({ ...file, path: resolve(file.path) });
