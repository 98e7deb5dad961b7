import type { JobStateFragment, JobStatus } from '../../sdk/index.ts';
import { EXIT } from './exit.ts';
import { running, type ServerOptions } from './target.ts';
import { columns, printable } from './text.ts';

export const STATUSES: readonly JobStatus[] = [
  'STARTED',
  'RUNNING',
  'WAITING',
  'CANCELLING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
];

interface Options extends ServerOptions {
  status?: JobStatus[];
  limit: number;
  json?: boolean;
}

/** Lists jobs, the newest first. */
export async function jobs({ status, limit, json, ...server }: Options): Promise<number> {
  const { signalbox } = running(server);
  const { edges, totalCount } = await signalbox.jobs(status ? { statuses: status } : {}, { first: limit });
  const found = edges.map(({ node }) => node);
  if (json) console.log(JSON.stringify(found, null, 2));
  else if (found.length === 0) console.log('No jobs.');
  else {
    console.log(columns([['ID', 'STATUS', 'KIND', 'CREATED', 'QUESTION'], ...found.map(row)]));
    if (totalCount > found.length) console.log(`… ${totalCount - found.length} more`);
  }
  return EXIT.ok;
}

const row = (job: JobStateFragment): string[] => [
  job.id,
  job.status,
  job.kind,
  job.createdAt.slice(0, 19).replace('T', ' '),
  shortened(subjectOf(job)),
];

function subjectOf(job: JobStateFragment): string {
  if (job.__typename === 'BackgroundTask') return job.question;
  if (job.__typename === 'RolloutJob') return `${job.feature}: ${job.steps.join(', ')} %`;
  if (job.__typename === 'GoldenRunJob') return `${job.suite.name}: ${job.serviceVersion}`;
  return 'message' in job ? job.message : '';
}

const shortened = (text: string): string => {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};
