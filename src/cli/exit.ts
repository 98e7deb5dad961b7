import { DomainFailure, type FailureFragment, SignalboxError } from '../../sdk/index.ts';
import { printable } from './text.ts';

export const EXIT = { ok: 0, failure: 1, usage: 2, jobFailed: 3, jobCancelled: 4, interrupted: 130 } as const;

/** As `--help` tells it. */
export const EXIT_CODES = `Exit codes:
  0    done
  1    it did not work; stderr says why
  2    wrong usage or configuration
  3    the job failed
  4    the job was cancelled by somebody else
  130  interrupted; a job of \`analyze\`, \`workflow run\` or \`rollout start\` is cancelled first`;

/** Says something to the person at the terminal, never to what reads stdout. */
export const tell = (message: string): void => console.error(printable(message));

/** What ends a command with a message for the person who typed it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Says on stderr why a command ended. @returns The exit code. */
export function explain(error: unknown): number {
  if (!(error instanceof Error)) return told(String(error), EXIT.failure);
  if (error instanceof CommandError) return told(error.message, error.exitCode);
  if (error instanceof DomainFailure) return told(wordsOf(error.failure as FailureFragment), EXIT.failure);
  if (error instanceof SignalboxError) return told(adviceOn(error), EXIT.failure);

  // By name, because most commands never load the gateway's code.
  if (error.name === 'ConfigError' || error.name === 'ScenarioFilesError')
    return told(error.message, EXIT.usage);
  if (error.name === 'DataDirectoryInUseError') return told(error.message, EXIT.failure);
  if ('code' in error && error.code === 'EADDRINUSE')
    return told(`The port is taken: ${error.message}. Set PORT to another.`, EXIT.failure);
  return told(error.stack ?? error.message, EXIT.failure);
}

function told(message: string, exitCode: number): number {
  if (message) tell(message);
  return exitCode;
}

function wordsOf(failure: FailureFragment): string {
  if (failure.__typename !== 'InvalidInputError') return failure.message;
  return failure.issues.map(({ path, message }) => `${path.replace(/^input\./, '')}: ${message}`).join('\n');
}

function adviceOn(error: SignalboxError): string {
  if (error.code === 'UNAUTHENTICATED') return `${error.message} Give it with --token or SIGNALBOX_TOKEN.`;
  if (error.code === 'NETWORK_ERROR')
    return `${error.message}\nIs a gateway running there? \`signalbox serve\` starts one; --server or SIGNALBOX_URL names another.`;
  const id = error.requestId ? ` (request ${error.requestId})` : '';
  return `${error.message} [${error.code}]${id}`;
}

/** Says how a job ended that did not end well. @returns The exit code. */
export function ended(job: { status: string; error: { code: string; message: string } | null }): number {
  if (job.status === 'COMPLETED') return EXIT.ok;
  if (job.status === 'CANCELLED') {
    tell('The job was cancelled.');
    return EXIT.jobCancelled;
  }
  tell(`The job failed: ${job.error?.message ?? 'nobody knows why.'} [${job.error?.code ?? 'UNKNOWN'}]`);
  return EXIT.jobFailed;
}
