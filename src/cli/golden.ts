import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type ServiceVersion, type Signalbox, unwrap } from '../../sdk/index.ts';
import { display, shown } from './display.ts';
import { CommandError, EXIT, ended, tell } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { running, type ServerOptions } from './target.ts';
import { columns, printable } from './text.ts';

/** The gateway takes no longer one for a suite. */
const LONGEST_NAME = 100;

interface ServiceOptions extends ServerOptions {
  service: ServiceVersion;
}

interface VerifyOptions extends ServiceOptions {
  repeats: number;
  json?: boolean;
}

/** Lists the suites. */
export async function listGolden(server: ServerOptions): Promise<number> {
  const suites = await running(server).signalbox.migration.goldenSuites();
  const rows = suites.map(({ name, recordedFrom, recordedAt, cases }) => [
    printable(name),
    recordedFrom,
    recordedAt,
    String(cases),
  ]);
  console.log(
    suites.length === 0 ? 'No suites.' : columns([['NAME', 'SERVICE', 'RECORDED', 'CASES'], ...rows]),
  );
  return EXIT.ok;
}

/** Records what a service answers to the default patterns, and writes the suite to a file where one is named. */
export async function recordGolden(
  name: string,
  { service, file, ...server }: ServiceOptions & { file?: string },
): Promise<number> {
  const { signalbox } = running(server);
  const suite = unwrap(await signalbox.migration.recordGolden({ name, service, patterns: null }));
  tell(`Recorded ${suite.cases} conversations with ${suite.recordedFrom}.`);
  if (file) await save(file, await fileOf(signalbox, name));
  return EXIT.ok;
}

/** Prints a suite, or writes it to a file; and a test of it beside it. */
export async function exportGolden(
  name: string,
  { file, test, ...server }: ServerOptions & { file?: string; test?: string },
): Promise<number> {
  const { signalbox } = running(server);
  const text = await fileOf(signalbox, name);
  if (test && !file)
    throw new CommandError('--test needs --file: the test reads the suite from there.', EXIT.usage);
  if (file) await save(file, text);
  else console.log(text.trimEnd());
  if (test && file) {
    const program = await signalbox.migration.goldenTestFile(name, `./${basename(file)}`);
    await save(test, program ?? '');
    tell(`Run it with: node --test ${test}`);
  }
  return EXIT.ok;
}

/**
 * Replays a suite, by its name or from a file, and fails where a service answers otherwise. A file is compared as it is:
 * the suite that the gateway keeps under its name stays, and so does what other runs are judged by.
 */
export async function verifyGolden(suite: string, options: VerifyOptions): Promise<number> {
  const { service, repeats, json, ...server } = options;
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const { signalbox } = running(server);
  const { migration } = signalbox;
  const name = existsSync(suite)
    ? unwrap(await migration.importGolden(copyFor(await read(suite)), { signal })).name
    : suite;
  const { id } = unwrap(await migration.verifyGolden({ name, service, repeats }, { signal }));
  await shown(signalbox.follow(id, { signal }), display(false));

  const run = await migration.goldenRun(id, { signal });
  if (!run) throw new CommandError(`The run ${id} was deleted.`);
  const { regressions } = run;
  if (json) console.log(JSON.stringify(run, null, 2));
  else
    for (const { case: pattern, path, expected, actual } of regressions)
      console.log(printable(`${pattern} ${path}\n  - ${short(expected)}\n  + ${short(actual)}`));
  const code = ended(run);
  if (code !== EXIT.ok) return code;
  tell(regressions.length === 0 ? `${service} answers as recorded.` : `${regressions.length} regressions.`);
  return regressions.length === 0 ? EXIT.ok : EXIT.failure;
}

/** The same suite under a name that belongs to one run: the gateway hands it to that, and keeps it no longer. */
function copyFor(file: string): string {
  let suite: { name?: unknown } | null;
  try {
    suite = JSON.parse(file);
  } catch {
    return file;
  }
  // What is no suite is refused by the gateway, which says why.
  if (typeof suite?.name !== 'string' || suite.name.trim() === '') return file;
  const copy = `@${randomUUID().replaceAll('-', '')}`;
  return JSON.stringify({ ...suite, name: suite.name.slice(0, LONGEST_NAME - copy.length) + copy });
}

async function fileOf(signalbox: Signalbox, name: string): Promise<string> {
  const text = await signalbox.migration.goldenSuiteFile(name);
  if (text == null) throw new CommandError(`No golden suite is called ${name}.`);
  return text;
}

async function save(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: Error) => {
    throw new CommandError(`${path} could not be written: ${cause.message}`, undefined, { cause });
  });
  tell(`Written: ${path}`);
}

const read = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: Error) => {
    throw new CommandError(`${path} could not be read: ${cause.message}`, undefined, { cause });
  });

const short = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 200);
