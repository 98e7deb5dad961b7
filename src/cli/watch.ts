import { display, JsonLines, shown } from './display.ts';
import { CommandError, ended } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { rendered } from './markdown.ts';
import { running, type ServerOptions } from './target.ts';

interface Options extends ServerOptions {
  json?: boolean;
}

/** Follows a job to its end. Leaving does not stop it. */
export async function watch(id: string, { json, ...server }: Options): Promise<number> {
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const { signalbox } = running(server);
  const missing = new CommandError(`No job has the id ${id}.`);
  if (!(await signalbox.job(id, { signal }))) throw missing;

  const readAlready = await shown(signalbox.follow(id, { signal }), json ? new JsonLines() : display(true));
  const analysis = await signalbox.analysis(id, { signal });
  const job = analysis ?? (await signalbox.job(id, { signal }));
  if (!job) throw missing;
  if (analysis?.result && !readAlready) console.log(rendered(analysis.result.report.markdown));
  return ended(job);
}
