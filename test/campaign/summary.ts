import type { Outcome } from './campaign.ts';

const digits = new Intl.NumberFormat('en');

/** What a campaign did and found, as a Markdown table; and what broke. */
export function summary({
  plan,
  violations,
  ledger,
  effects,
  findings,
  kills,
  vainStarts,
  seconds,
  folder,
}: Outcome): string {
  const { accepted, counts } = ledger;
  const kinds = [...Map.groupBy(accepted.values(), ({ order }) => order.kind)]
    .map(([kind, jobs]) => `${digits.format(jobs.length)} ${kind}`)
    .join(', ');
  const calls = sum(effects.streamed) + sum(effects.inOnePiece);
  const turns = new Set([...effects.streamed.keys(), ...effects.inOnePiece.keys()]).size;
  const facts: [string, string | number][] = [
    ['seed', String(plan.seed)],
    ['took', `${digits.format(seconds)} s`],
    ['processes', `${plan.gateways} gateways, ${plan.workers} workers`],
    ['processes killed', `${kills.gateway} gateways, ${kills.worker} workers`],
    ['starts in vain, Postgres being away', vainStarts],
    ['Postgres went away', plan.restarts],
    ['jobs accepted', `${digits.format(accepted.size)} (${kinds})`],
    [
      'starts whose answer was lost, or sent again on purpose',
      `${counts.retriedStarts}, ${counts.askedAgain}`,
    ],
    ['jobs in the database, with those that jobs started', findings.jobs],
    ['events in the database', findings.events],
    ['jobs that lost a worker', findings.lostWorkers],
    ['attempts', findings.attempts],
    ['jobs given up, five workers having been killed under them', findings.givenUp],
    ['subscribers', plan.subscribers],
    ['logs followed', counts.follows],
    ['events told', counts.events],
    ['resumptions elsewhere', counts.resumptions],
    [
      'turns, and how often a provider was asked for them',
      `${digits.format(turns)}, ${digits.format(calls)}`,
    ],
    ['background responses made', effects.responses()],
    ['failures kept as undelivered', findings.undelivered],
    ['**violations**', `**${violations.length}**`],
  ];
  const rows = facts.map(
    ([what, value]) => `| ${what} | ${typeof value === 'number' ? digits.format(value) : value} |`,
  );
  const broken = violations
    .slice(0, 10)
    .map(({ what, jobId, details }) => `- ${what}${jobId ? ` (${jobId})` : ''}: ${JSON.stringify(details)}`);
  const kept = folder ? [`\nEvidence: ${folder}`] : [];
  return ['| | |', '| --- | --- |', ...rows, ...(broken.length > 0 ? ['', ...broken] : []), ...kept].join(
    '\n',
  );
}

const sum = (counted: Map<string, number>): number =>
  [...counted.values()].reduce((all, one) => all + one, 0);
