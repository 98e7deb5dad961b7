import { openAsBlob } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unwrap } from '../../sdk/index.ts';
import { display, shown } from './display.ts';
import { EXIT, ended } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { rendered } from './markdown.ts';
import { temporary } from './target.ts';

const FILE = 'penguins.csv';
const QUESTION = 'Which species is heaviest?';

const NEXT = `Next:
  npm start                                            serve, with GraphiQL at http://127.0.0.1:4000/graphql
  npm run signalbox -- analyze FILE "QUESTION"         the same with your own file
  npm run signalbox -- --help                          everything else
  examples/                                            requests to paste into GraphiQL`;

/** Shows a session, an upload, an analysis and its report, through HTTP and the SDK as any client would. */
export async function demo(): Promise<number> {
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  console.log('Starting a gateway in this process: embedded Postgres, queue, sandbox; no network, no keys.');
  await using target = await temporary();
  const { signalbox } = target;

  const session = unwrap(await signalbox.createSession({}, { signal }));
  console.log(`Session   ${session.id}`);

  const file = await openAsBlob(fileURLToPath(new URL(`../../examples/data/${FILE}`, import.meta.url)));
  const dataset = unwrap(await signalbox.uploadDataset(session.id, file, FILE, { signal }));
  console.log(
    `Dataset   ${FILE}: ${dataset.rowCount} rows of ${dataset.columns.map(({ name }) => name).join(', ')}`,
  );

  console.log(`Question  ${QUESTION}`);
  const request = { sessionId: session.id, datasetId: dataset.id, message: QUESTION };
  const job = unwrap(await signalbox.startAnalysis(request, { signal }));
  await shown(signalbox.follow(job.id, { signal }), display(false));

  const done = await signalbox.analysis(job.id, { signal });
  if (!done?.result) return ended(done ?? { status: 'FAILED', error: null });
  console.log(`\n${rendered(done.result.report.markdown)}\n`);
  console.log(`${done.lastSeq} events in ${done.elapsedSeconds.toFixed(1)} s.\n\n${NEXT}`);
  return EXIT.ok;
}
