import { type Command, InvalidArgumentError, Option } from 'commander';
import { featureName } from './feature-name.ts';
import { features, setFeature } from './features.ts';
import { exportGolden, listGolden, recordGolden, verifyGolden } from './golden.ts';
import { report } from './report.ts';
import { rollback } from './rollback.ts';
import { cancelRollout, startRollout, watchRollout } from './rollout.ts';

type Action = <Args extends unknown[]>(
  command: (...args: Args) => Promise<number>,
) => (...args: Args) => Promise<void>;

/** Adds the commands of those who move traffic. `onServer` gives a command the options that name the gateway. */
export function addMigration(
  signalbox: Command,
  action: Action,
  onServer: (command: Command) => Command,
): void {
  onServer(
    signalbox
      .command('rollback')
      .description('Back to the legacy services. Works while the gateway is down, too: in its database.'),
  )
    .argument('[feature]', 'one feature; absent: all of them', featureName)
    .option(
      '--reason <text>',
      'kept, and told to ALERT_WEBHOOK_URL',
      'Emergency rollback from the command line.',
    )
    .option('--offline', 'ask no gateway: write into the database of DATABASE_URL or DATA_DIR')
    .option('--json', 'print the report as one JSON document')
    .action(action(rollback));

  onServer(signalbox.command('report').description('Compare a feature’s legacy and new service.'))
    .argument('<feature>', 'as chat', featureName)
    .option('--since <time>', 'RFC 3339; a day before --until otherwise')
    .option('--until <time>', 'RFC 3339; now otherwise')
    .addOption(new Option('--language <tag>').choices(['en', 'ja']).default('en'))
    .option('--json', 'print everything with its evidence as one JSON document')
    .option('--markdown', 'print it as Markdown, with a drawing')
    .option('--html <file>', 'write it as a page, too')
    .action(action(report));

  const flags = signalbox.command('features').description('List the features, or change one.');
  onServer(flags.command('list', { isDefault: true }).description('List them, and who changed them last.'))
    .option('--json', 'print them as one JSON document')
    .action(action(features));
  onServer(flags.command('set').description('Switch a feature, or change its share.'))
    .argument('<feature>', 'as chat', featureName)
    .option('--on')
    .option('--off')
    .option('--percent <share>', '0 to 100: sessions that get the new service', percent)
    .requiredOption('--reason <text>', 'kept with the change')
    .action(action(setFeature));

  const rollout = signalbox
    .command('rollout')
    .description('Raise a feature’s share step by step while the evidence allows it: docs/migration.md.');
  onServer(rollout.command('start').description('Start one and show its decisions. Ctrl-C cancels it.'))
    .argument('<feature>', 'chat, scenario or watch', featureName)
    .option('--steps <shares>', 'in percent, each above the one before', shares, [10, 50, 100])
    .option('--min-requests <calls>', 'of the new service, without which no step is left', whole, 300)
    .option('--step-seconds <seconds>', 'each step lasts at least so long', whole, 3_600)
    .requiredOption('--reason <text>', 'kept with each change')
    .option('--detach', 'print its id and leave it to the gateway; `rollout watch` shows it')
    .option('--json', 'print the rollout as one JSON document')
    .action(action(startRollout));
  onServer(rollout.command('watch').description('Show its decisions to its end. Leaving does not stop it.'))
    .argument('<id>')
    .option('--json', 'print each event as a line of JSON')
    .action(action(watchRollout));
  onServer(rollout.command('cancel').description('Stop it. The share stays where it is.'))
    .argument('<id>')
    .action(action(cancelRollout));

  const golden = signalbox
    .command('golden')
    .description('Record what a service answers, and verify that it still does.');
  onServer(golden.command('list').description('List the suites.')).action(action(listGolden));
  onServer(golden.command('record').description('Record the default conversations.'))
    .argument('<name>')
    .addOption(service('LEGACY'))
    .option('--file <path>', 'write the suite to a file, too')
    .action(action(recordGolden));
  onServer(golden.command('export').description('Print a suite, or write it to a file.'))
    .argument('<name>')
    .option('--file <path>')
    .option('--test <path>', 'write a test of that file, for node --test')
    .action(action(exportGolden));
  onServer(golden.command('verify').description('Replay a suite. Fails where a service answers otherwise.'))
    .argument('<suite>', 'its name, or a file')
    .addOption(service('NEW'))
    .option('--repeats <times>', '5 to 20, of services whose replies vary by themselves', whole, 1)
    .option('--json', 'print the run as one JSON document')
    .action(action(verifyGolden));
}

const service = (version: string) =>
  new Option('--service <version>', 'who answers').choices(['LEGACY', 'NEW']).default(version);

const shares = (text: string): number[] => text.split(',').map((share) => percent(share.trim()));

function percent(text: string): number {
  const share = whole(text);
  if (share > 100) throw new InvalidArgumentError('It must be a whole number from 0 to 100.');
  return share;
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
