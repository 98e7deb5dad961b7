/**
 * The command line: serves a gateway, or asks one. What it asks goes through the SDK, as everybody else's requests do,
 * also where the gateway runs in this very process.
 * It knows the SDK, gateway.ts and config; it never hears of services, jobs or the store.
 */
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import about from '../../package.json' with { type: 'json' };
import { analyze } from './analyze.ts';
import { cancel } from './cancel.ts';
import { demo } from './demo.ts';
import { EXIT, EXIT_CODES, explain } from './exit.ts';
import { jobs, STATUSES } from './jobs.ts';
import { addMigration } from './migration.ts';
import { reportFile } from './report-file.ts';
import { serve } from './serve.ts';
import { DEFAULT_URL } from './target.ts';
import { watch } from './watch.ts';
import { checkWorkflow } from './workflow-check.ts';
import { inputObject } from './workflow-input.ts';
import { RESOLUTIONS, resolveThread } from './workflow-resolve.ts';
import { runWorkflow } from './workflow-run.ts';

/** @returns The exit code: see `EXIT`. */
export async function run(args: string[]): Promise<number> {
  let code: number = EXIT.ok;
  const action =
    <Args extends unknown[]>(command: (...args: Args) => Promise<number>) =>
    async (...args: Args) => {
      code = await command(...args);
    };

  process.stdout.on('error', whoReadsLeft);
  try {
    await program(action).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return explain(error);
  }
}

/** As `| head` does; what was still to be said nobody wants. */
function whoReadsLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(EXIT.ok);
}

type Action = <Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

function program(action: Action): Command {
  const signalbox = new Command('signalbox')
    .description('A GraphQL gateway for long-running AI work.')
    .version(about.version)
    .exitOverride()
    .addHelpText('after', `\n${EXIT_CODES}`);

  signalbox
    .command('serve')
    .description('Run the gateway. Settings come from the environment: docs/configuration.md.')
    .action(action(() => serve()));

  signalbox
    .command('demo')
    .description('Analyse an example file, everything in this process, and print the report.')
    .action(action(() => demo()));

  const onServer = (command: Command) =>
    command
      .addOption(new Option('--server <url>', 'the gateway to ask').env('SIGNALBOX_URL').default(DEFAULT_URL))
      .addOption(token());

  signalbox
    .command('analyze')
    .description('Answer a question about a CSV, TSV, JSON, NDJSON or Parquet file.')
    .argument('<file>')
    .argument('<question>')
    .option('--model <name>', 'who analyses; the gateway’s default otherwise')
    .addOption(new Option('--language <tag>', 'of progress and report').choices(['en', 'ja']))
    .option('--json', 'print the job with its result as one JSON document')
    .option('--report <file>', 'write the report to a .html or .md file', reportFile)
    .addOption(
      new Option('--server <url>', 'a running gateway; without it this process is one, over DATA_DIR').env(
        'SIGNALBOX_URL',
      ),
    )
    .addOption(token())
    .action(action(analyze));

  addWorkflow(signalbox, onServer, action);

  onServer(signalbox.command('jobs').description('List jobs, the newest first.'))
    .addOption(new Option('--status <status...>', 'only such').choices(STATUSES))
    .option('--limit <number>', 'at most so many, 1 to 100', limit, 20)
    .option('--json', 'print them as one JSON document')
    .action(action(jobs));

  onServer(signalbox.command('watch').description('Follow a job to its end. Leaving does not stop it.'))
    .argument('<id>')
    .option('--json', 'print each event as a line of JSON')
    .action(action(watch));

  onServer(signalbox.command('cancel').description('Stop a job.')).argument('<id>').action(action(cancel));

  addMigration(signalbox, action, onServer);

  return signalbox;
}

/** `signalbox workflow …`: graphs of threads, written in a file. */
function addWorkflow(signalbox: Command, onServer: (command: Command) => Command, action: Action): void {
  const workflow = signalbox
    .command('workflow')
    .description('Check and run workflows that are written in a YAML file: docs/workflows.md.');
  const anywhere = (command: Command, otherwise: string) =>
    command
      .addOption(
        new Option('--server <url>', `a running gateway; without it ${otherwise}`).env('SIGNALBOX_URL'),
      )
      .addOption(token());

  anywhere(workflow.command('check'), 'this process is one for a moment')
    .description('Say whether a workflow can run, or all that is wrong with it.')
    .argument('<file>')
    .option('--json', 'print the problems, or the levels, as one JSON document')
    .action(action(checkWorkflow));

  anywhere(workflow.command('run'), 'this process is one, over DATA_DIR')
    .description('Run a workflow to its end, and show how it goes.')
    .argument('<file>')
    .option('--input <json>', 'an object: `input` in the workflow’s expressions', inputObject)
    .option('--json', 'print the run with its threads as one JSON document')
    .action(action(runWorkflow));

  onServer(workflow.command('resolve'))
    .description('Decide what becomes of a thread that waits for a person.')
    .argument('<id>', 'of the run')
    .argument('<thread>')
    .addArgument(new Argument('<resolution>', 'what to do').choices(RESOLUTIONS))
    .action(action(resolveThread));
}

const token = () =>
  new Option('--token <token>', 'for a gateway that asks who you are').env('SIGNALBOX_TOKEN');

function limit(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 100)
    throw new InvalidArgumentError('It must be an integer from 1 to 100.');
  return number;
}
