import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Signalbox, unwrap } from '../../sdk/index.ts';
import { cancelWhen } from './cancelling.ts';
import { display, shown } from './display.ts';
import { CommandError, EXIT, ended, tell } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { rendered } from './markdown.ts';
import { writeReport } from './report-file.ts';
import { embedded, running } from './target.ts';

interface Options {
  model?: string;
  language?: string;
  json?: boolean;
  report?: string;
  server?: string;
  token?: string;
}

/** Uploads a file, asks a question about it, and prints the report. */
export async function analyze(path: string, question: string, options: Options): Promise<number> {
  const file = await open(path);
  using interrupt = new Interrupt();
  const { server, token } = options;
  await using target = server ? running({ server, ...(token && { token }) }) : await embedded();
  const { signalbox } = target;
  const id = await start(signalbox, { file, name: basename(path), question, options }, interrupt.signal);
  return await finish(signalbox, id, options, interrupt);
}

async function open(path: string): Promise<Blob> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new CommandError(`${path}: ${reason}.`, EXIT.failure, { cause });
  });
  if (!found.isFile()) throw new CommandError(`${path}: this is not a file.`);
  return openAsBlob(path);
}

interface Request {
  file: Blob;
  name: string;
  question: string;
  options: Options;
}

async function start(signalbox: Signalbox, request: Request, signal: AbortSignal): Promise<string> {
  const { file, name, question, options } = request;
  const { model, language } = options;
  const preferences = language ? { language } : {};
  const session = unwrap(await signalbox.createSession({ preferences }, { signal }));
  const dataset = unwrap(await signalbox.uploadDataset(session.id, file, name, { signal }));
  signal.throwIfAborted();
  // Not under the signal: once it is sent, the job exists and has to be cancelled by its id.
  const job = unwrap(
    await signalbox.startAnalysis({
      sessionId: session.id,
      datasetId: dataset.id,
      message: question,
      ...(model && { model }),
    }),
  );
  return job.id;
}

/** Follows the job, and cancels it where the user has had enough. */
async function finish(
  signalbox: Signalbox,
  id: string,
  options: Options,
  interrupt: Interrupt,
): Promise<number> {
  const cancelFailed = cancelWhen(interrupt, signalbox, id);

  const events = signalbox.follow(id, { signal: cancelFailed });
  const readAlready = await shown(events, display(!options.json));
  const job = await signalbox.analysis(id);
  if (!job) throw new CommandError(`The job ${id} was deleted.`);
  if (options.json) console.log(JSON.stringify(job, null, 2));
  else if (job.result && !readAlready) console.log(rendered(job.result.report.markdown));
  if (options.report && job.result) {
    await writeReport(options.report, job.result.report);
    tell(`The report is in ${options.report}.`);
  }
  if (job.status === 'COMPLETED') return EXIT.ok;
  if (interrupt.signal.aborted) {
    tell('Cancelled.');
    return EXIT.interrupted;
  }
  return ended(job);
}
