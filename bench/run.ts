/**
 * Benchmarks: the gateway's main work beside its peers and beside floors, in the same minutes.
 * docs/performance.md says what each line means.
 *
 *     npm run bench                       everything but what takes minutes by itself
 *     npm run bench -- --only queries     one of them, or several
 *     npm run bench -- --quick            does it run? The figures mean nothing.
 *     npm run bench -- --write            into docs/performance.md too
 */
import { parseArgs } from 'node:util';
import { coldStart } from './cold-start.ts';
import { drain } from './drain.ts';
import { events } from './events.ts';
import { fanout } from './fanout.ts';
import { firstEvent } from './first-event.ts';
import { firstText } from './first-text.ts';
import { type Line, type Measurement, QUICK, say, USUAL } from './harness.ts';
import { endAll } from './held.ts';
import { latency } from './latency.ts';
import { load, machine } from './machine.ts';
import { memory } from './memory.ts';
import { models } from './models.ts';
import { queries } from './queries.ts';
import { returning } from './returning.ts';
import { sandbox } from './sandbox.ts';
import { shadow } from './shadow.ts';
import { stalled, stalledLong } from './stalled.ts';
import { publish, table } from './table.ts';
import { workflows } from './workflows.ts';

const all: Measurement[] = [
  queries,
  firstEvent,
  firstText,
  events,
  fanout,
  latency,
  returning,
  stalled,
  drain,
  coldStart,
  memory,
  sandbox,
  models,
  workflows,
  shadow,
  stalledLong,
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const chosen = all.filter(({ name, onlyNamed }) =>
  values.only.length === 0 ? !onlyNamed : values.only.includes(name),
);
const unknown = values.only.filter((name) => !all.some((one) => one.name === name));
if (unknown.length > 0)
  throw new Error(`--only ${unknown.join(', ')}: must be ${all.map(({ name }) => name).join(', ')}`);
if (values.write && (values.quick || values.only.length > 0))
  throw new Error('--write wants all figures, measured in earnest.');

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void endAll().finally(() => process.exit(1)));

const effort = values.quick ? QUICK : USUAL;
const loadAtStart = load();
const lines: Line[] = [];
for (const { name, measure } of chosen) {
  const began = performance.now();
  try {
    const found = await measure(effort);
    lines.push(...found);
    say(`${table(found)}\n${name}: ${Math.round((performance.now() - began) / 1_000)} s\n`);
  } catch (error) {
    // What the others took ten minutes for is worth printing.
    console.error(name, error);
    process.exitCode = 1;
  }
}

const figures = `${table(lines)}\n\n${machine(loadAtStart)}`;
console.log(figures);
if (values.write && !process.exitCode) publish(figures);
