import type { Jobs } from '../../jobs/index.ts';
import type { Db } from '../../store/index.ts';
import type { Scenarios } from '../scenarios/index.ts';
import type { Sessions } from '../sessions.ts';

/** What everything that is said in a session stands on. */
export interface Conversing {
  db: Db;
  jobs: Jobs;
  sessions: Sessions;
  scenarios: Scenarios;
  /** For sessions that have not chosen one. */
  defaultModel: string;
}
