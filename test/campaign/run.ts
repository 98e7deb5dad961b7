/**
 * The campaign of faults as a command; docs/engine.md says what it proves.
 *
 *     npm run campaign                                      the long form
 *     npm run campaign -- --short --seed 7                  what the tests do
 *     npm run campaign -- --jobs 1000 --kills 40 --restarts 2 --subscribers 100
 *     npm run campaign -- --postgres cut                    connections are cut, also where Postgres could be restarted
 */
import { parseArgs } from 'node:util';
import { findServers } from '../support/servers.ts';
import { runCampaign } from './campaign.ts';
import { cutPostgres } from './cut-postgres.ts';
import type { CampaignDatabase } from './database.ts';
import { findPostgres, startOwnPostgres } from './own-postgres.ts';
import { LONG, type Plan, SHORT } from './plan.ts';
import { summary } from './summary.ts';

const SIZES = ['gateways', 'workers', 'jobs', 'subscribers', 'kills', 'restarts'] as const;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    postgres: { type: 'string', default: 'own' },
    ...(Object.fromEntries(SIZES.map((name) => [name, { type: 'string' }])) as Record<
      (typeof SIZES)[number],
      { type: 'string' }
    >),
  },
});
const plan: Plan = { ...(values.short ? SHORT : LONG), seed: integer('seed', values.seed) };
for (const name of SIZES) {
  const value = values[name];
  if (value !== undefined) plan[name] = integer(name, value);
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

await using database = await open();
say(`Campaign ${plan.seed}: ${JSON.stringify(plan)}`);
say(`Database: ${database.is}.`);
const outcome = await runCampaign(plan, database, say, stop.signal).catch((error: unknown) => {
  if (!stop.signal.aborted) throw error;
});
say(outcome ? `\n${summary(outcome)}` : 'Stopped; nothing is left behind.');
if (!outcome || outcome.violations.length > 0) process.exitCode = 1;

async function open(): Promise<CampaignDatabase> {
  const programs = values.postgres === 'own' ? findPostgres() : null;
  if (programs) return startOwnPostgres(programs);
  const { postgres } = await findServers();
  if (!postgres)
    throw new Error('There is no Postgres: neither its programs, nor a server (TEST_DATABASE_URL).');
  return cutPostgres(postgres);
}

function integer(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} ${text}: must be an integer of 0 or more`);
  return value;
}
