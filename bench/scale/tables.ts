/** What the measurements, the model and the simulation say, as Markdown. */
import type { Measured } from './costs.ts';
import { type System, usualKind, usualSystem } from './load.ts';
import { type Limit, limitOf, oneMore, resourcesOf } from './model.ts';
import type { Outcome, Percentiles, Plan } from './outcome.ts';
import { REAL_LOAD } from './reality.ts';
import { simulate } from './simulation.ts';

/** Simulated of each cell; a system that falls behind shows it by then. */
const PLAN: Plan = { seed: 7, seconds: 6, warmUp: 3, burst: 1 };
/** Where so many more wait at the end than in the middle, for each that came, waiting has no bound. */
const FALLS_BEHIND = 0.25;
const RATES = [10, 100, 1_000];
const GATEWAYS = [1, 2, 4, 8];
const KNEE = [0.25, 0.5, 0.7, 0.8, 0.9, 0.95];
/** The page's system; what it asks for grows from table to table. */
const system: System = { ...usualSystem, kinds: [usualKind] };

const table = (head: string[], rows: string[][]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const digits = (value: number): string =>
  Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 3 });
const percent = (share: number): string => `${digits(100 * share)} %`;
const times = ({ p50, p95 }: Pick<Percentiles, 'p50' | 'p95'>): string => `${digits(p50)} / ${digits(p95)}`;

export function costsTable({ costs, fits, machine, date }: Measured): string {
  const { gateway, worker, postgres, clock, memory, idle, listening } = costs;
  const µs = (value: number) => `${digits(value)} µs`;
  const one = (what: string, ...cells: (number | undefined)[]) => [
    what,
    ...cells.map((cell) => (cell === undefined ? '' : µs(cell))),
  ];
  const rows = [
    one('a job, accepted, taken up and ended', gateway.job, worker.job, postgres.job),
    one('a transaction of events', undefined, worker.batch, postgres.batch),
    one('an event in it', undefined, worker.event, postgres.event),
    one('a notification, in every process', gateway.notification, worker.notification),
    one('the same, for each connection that listens', undefined, undefined, postgres.wakeUp),
    one('reading a write back, where somebody follows', gateway.read, undefined, postgres.read),
    one('an event, prepared for all who ask in the same words', gateway.event),
    one('a message to one of them', gateway.message),
    ['connections that listen', digits(listening.gateway), digits(listening.worker), ''],
    [
      'with nothing to do',
      percent(idle.gateway),
      percent(idle.worker),
      `${percent(idle.postgres)} a process`,
    ],
    ['memory with nothing to do', `${digits(memory.gateway)} MiB`, `${digits(memory.worker)} MiB`, ''],
    [
      'memory of a follower, of a running job',
      `${digits(memory.follower)} KiB`,
      `${digits(memory.runningJob)} KiB`,
      '',
    ],
  ].map((row) => [...row, '', ''].slice(0, 4));
  const quality = Object.entries(fits).map(([what, { points, r2, worst }]) => [
    what,
    String(points),
    r2.toFixed(3),
    percent(worst),
  ]);
  return [
    table(['processor time', 'a gateway', 'a worker', 'Postgres'], rows),
    `A commit with \`NOTIFY\` keeps the others out for ${digits(clock.commit / 1_000)} ms; one worker draws a ticket every ${digits(clock.draw / 1_000)} ms.`,
    table(['fitted', 'points', 'R²', 'largest deviation'], quality),
    `${machine}; ${date}.`,
  ].join('\n\n');
}

export const commitsTable = ({ commits }: Measured): string =>
  table(
    ['connections', 'commits /s', 'with `NOTIFY`', 'of it'],
    commits.map(({ connections, silent, notifying }) => [
      String(connections),
      digits(silent),
      digits(notifying),
      percent(notifying / silent),
    ]),
  );

/** A load that was there in earnest, beside what the model and the simulation say of it. */
export function realityTable({ costs, reality }: Measured): string {
  const { jobsPerSecond, ...kind } = REAL_LOAD;
  const real: System = {
    ...usualSystem,
    // All on the machine that was measured.
    ...{ gateways: 1, workers: 1, postgresCores: 1 },
    kinds: [{ ...usualKind, ...kind, perSecond: jobsPerSecond }],
  };
  const shares = new Map(resourcesOf(real, costs).map(({ name, share }) => [name, share]));
  const { firstEvent, delivery } = simulate(real, costs, { ...PLAN, seconds: 30 });
  const used = (what: string, name: string, measured: number) => [
    what,
    percent(measured),
    percent(shares.get(name) ?? Number.NaN),
  ];
  return table(
    ['', 'measured', 'predicted'],
    [
      used('the gateway’s processor', 'a gateway’s processor', reality.gateway),
      used('the worker’s processor', 'a worker’s processor', reality.worker),
      used('Postgres’ processor', 'Postgres’ processors', reality.postgres),
      ['request → first event, ms, p50 / p95', times(reality.firstEvent), times(firstEvent)],
      ['event → follower, ms, p50 / p95', times(reality.delivery), times(delivery)],
    ],
  );
}

export function gridTable({ costs }: Measured): string {
  const rows = RATES.flatMap((perSecond) =>
    GATEWAYS.map((gateways) => {
      const asked = { ...system, gateways, workers: 8, kinds: [{ ...usualKind, perSecond }] };
      const { bottleneck, times: carried } = limitOf(asked, costs);
      return [
        `${perSecond} jobs/s, ${gateways} ${gateways === 1 ? 'gateway' : 'gateways'}`,
        ...latencies(simulate(asked, costs, planFor(perSecond))),
        `${digits(perSecond * carried)} /s: ${bottleneck}`,
      ];
    }),
  );
  return table(['', 'first event, ms', 'taken up, ms', 'event → follower, ms', 'what it can carry'], rows);
}

/** The same jobs nearer and nearer to what the system can carry. */
export function kneeTable({ costs }: Measured): string {
  const { times: carried } = limitOf(system, costs);
  const rows = KNEE.map((share) => {
    const perSecond = usualKind.perSecond * carried * share;
    const asked = { ...system, kinds: [{ ...usualKind, perSecond }] };
    const single = simulate(asked, costs, planFor(perSecond));
    const bursts = simulate(asked, costs, { ...planFor(perSecond), burst: 20 });
    return [
      `${percent(share)}: ${digits(perSecond)} jobs/s`,
      ...latencies(single),
      latencies(bursts)[2] ?? '',
    ];
  });
  return table(
    [
      'of what it can carry',
      'first event, ms',
      'taken up, ms',
      'event → follower, ms',
      'where jobs come by twenties',
    ],
    rows,
  );
}

/** Few jobs need longer to say something; of many a few seconds are enough. */
const planFor = (perSecond: number): Plan => ({
  ...PLAN,
  seconds: PLAN.warmUp + Math.min(60, Math.max(3, 1_500 / perSecond)),
});

const latencies = ({ firstEvent, takenUp, delivery, growth }: Outcome): string[] =>
  growth > FALLS_BEHIND
    ? ['falls behind', 'falls behind', 'falls behind']
    : [firstEvent, takenUp, delivery].map(times);

/** One system, as somebody asks for it. */
export function systemTables(asked: System, measured: Measured, plan: Plan): string {
  const { costs } = measured;
  const outcome = simulate(asked, costs, plan);
  const used = resourcesOf(asked, costs)
    .sort((a, b) => b.share - a.share)
    .map(({ name, share }) => [
      name,
      percent(share),
      name in outcome.utilisation ? percent(outcome.utilisation[name] ?? 0) : '',
    ]);
  const rate = asked.kinds.reduce((sum, { perSecond }) => sum + perSecond, 0);
  const carried = ({ bottleneck, times: by }: Limit) => [`${digits(rate * by)} jobs/s`, bottleneck];
  const more = Object.entries(oneMore(asked, costs)).map(([what, limit]) => [what, ...carried(limit)]);
  const waits = {
    'first event': outcome.firstEvent,
    'taken up': outcome.takenUp,
    'event → follower': outcome.delivery,
  };
  return [
    table(['', 'used, by the model', 'by the simulation'], used),
    table(['', 'it can carry', 'then ends'], more),
    table(
      ['ms', 'p50', 'p95', 'p99'],
      Object.entries(waits).map(([what, { p50, p95, p99 }]) => [what, ...[p50, p95, p99].map(digits)]),
    ),
    `${outcome.arrived} jobs came, ${outcome.ended} ended, ${outcome.inside} were inside; ${percent(Math.max(0, outcome.growth))} of those that came were added to what waits.`,
  ].join('\n\n');
}
