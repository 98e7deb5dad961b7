/**
 * What a system can carry, from what its parts cost. docs/scale.md says what the numbers mean.
 *
 *     npm run scale                                           a system as the settings have it
 *     npm run scale -- --jobs 100 --events 20 --followers 3   another
 *     npm run scale -- --measure                              what things cost here, on a real Postgres; minutes
 *     npm run scale -- --measure --write                      into bench/scale/costs.json and docs/scale.md too
 *     npm run scale -- --write                                docs/scale.md again
 */
import { parseArgs } from 'node:util';
import { say } from '../harness.ts';
import { endAll } from '../held.ts';
import { createOnServer } from '../stores.ts';
import { readMeasured, writeMeasured } from './costs.ts';
import { type System, usualKind, usualSystem } from './load.ts';
import { measure } from './measuring.ts';
import { publish } from './page.ts';
import { commitsTable, costsTable, realityTable, systemTables } from './tables.ts';

const ROUNDS = 2;

const text = (value: number) => ({ type: 'string', default: String(value) }) as const;
const { values } = parseArgs({
  options: {
    measure: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    jobs: text(usualKind.perSecond),
    events: text(usualKind.events),
    seconds: text(usualKind.seconds),
    followers: text(usualKind.followers),
    work: text(usualKind.workSeconds),
    places: text(usualKind.places),
    sessions: text(usualSystem.sessions),
    idle: text(usualSystem.idleFollowers),
    gateways: text(usualSystem.gateways),
    workers: text(usualSystem.workers),
    cores: text(usualSystem.postgresCores),
    burst: text(1),
    simulated: text(20),
    seed: text(1),
  },
});

if (values.measure) await measureHere();
if (values.write) publish(readMeasured());
if (!values.measure && !values.write) console.log(systemTables(asked(), readMeasured(), plan()));

async function measureHere(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(1)));
  await using database = await createOnServer();
  if (!database) {
    say('Costs are measured on a Postgres server: name one in BENCH_DATABASE_URL.');
    process.exitCode = 1;
    return;
  }
  try {
    const measured = await measure(database, ROUNDS);
    console.log([costsTable(measured), commitsTable(measured), realityTable(measured)].join('\n\n'));
    if (values.write) writeMeasured(measured);
  } finally {
    await endAll();
  }
}

function asked(): System {
  return {
    ...usualSystem,
    sessions: number('sessions', 1),
    idleFollowers: number('idle'),
    gateways: number('gateways', 1),
    workers: number('workers', 1),
    postgresCores: number('cores', 1),
    kinds: [
      {
        name: 'asked for',
        perSecond: number('jobs', 0.01),
        events: number('events'),
        seconds: number('seconds', 0.001),
        followers: number('followers'),
        workSeconds: number('work'),
        places: number('places', 1),
      },
    ],
  };
}

function plan() {
  const seconds = number('simulated', 1);
  return { seed: number('seed'), seconds, warmUp: seconds / 4, burst: number('burst', 1) };
}

function number(name: Exclude<keyof typeof values, 'measure' | 'write'>, least = 0): number {
  const value = Number(values[name]);
  if (!(value >= least)) throw new Error(`--${name} ${values[name]}: must be a number from ${least} on`);
  return value;
}
