import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Outcome, runCampaign } from './campaign.ts';
import { cutPostgres } from './cut-postgres.ts';
import type { CampaignDatabase } from './database.ts';
import { SHORT } from './plan.ts';
import { prove } from './proof.ts';
import { summary } from './summary.ts';

/** Processes take their time to start where the machine is busy, and a lost worker's jobs wait for 15 s and more. */
const PATIENCE_MS = 300_000;

describe.skipIf(inject('servers').postgres === null)('a campaign of faults (Postgres)', () => {
  let database: CampaignDatabase;
  let outcome: Outcome;

  beforeAll(async () => {
    database = await cutPostgres(inject('servers').postgres ?? '');
    outcome = await runCampaign(SHORT, database, () => {});
  }, PATIENCE_MS);
  afterAll(() => database[Symbol.asyncDispose]());

  it('loses no job, finishes none twice, and tells every subscriber its whole sequence', async ({
    annotate,
  }) => {
    await annotate(summary(outcome));
    expect(outcome.violations).toEqual([]);
    expect(outcome.ledger.accepted.size).toBe(SHORT.jobs);
    expect(outcome.kills.gateway + outcome.kills.worker).toBe(SHORT.kills);
    expect(Math.min(outcome.kills.gateway, outcome.kills.worker)).toBeGreaterThan(0);
  });

  it('would have noticed it', async () => {
    const { ledger, effects } = outcome;
    const turns = [...ledger.accepted.values()].filter(({ order }) => order.kind === 'chat');
    const runs = [...ledger.accepted.values()].filter(({ order }) => order.kind === 'workflow');
    const [gone, holed, twice, open, failed, silent, held, other] = turns.map(({ id }) => id);
    const client = new pg.Client({ connectionString: database.proofUrl });
    await client.connect();
    try {
      const damage: [string, (string | undefined)[]][] = [
        ['delete from jobs where id = $1', [gone]],
        ['delete from job_events where job_id = $1 and seq = 3', [holed]],
        [
          `with job as (update jobs set last_seq = last_seq + 1 where id = $1 returning *)
           insert into job_events select id, last_seq, now(), 'JobFinished', '{}' from job`,
          [twice],
        ],
        ["update jobs set status = 'RUNNING', finished_at = null where id = $1", [open]],
        ["update jobs set status = 'FAILED' where id = $1", [failed]],
        ["delete from messages where turn = $1 and role = 'ASSISTANT'", [silent]],
        ['update lanes set job_id = $1 where name = (select lane from jobs where id = $1)', [held]],
        ['update job_events set data = \'{"status": "WAITING"}\' where job_id = $1 and seq = 2', [other]],
        ['update jobs set parent_id = null where parent_id = $1', [runs[0]?.id]],
        ["update thread_runs set status = 'FAILED' where run_id = $1 and name = 'left'", [runs[0]?.id]],
      ];
      for (const [statement, values] of damage)
        expect((await client.query(statement, values)).rowCount, statement).toBeGreaterThan(0);
    } finally {
      await client.end();
    }
    effects.streamed.set(turns[8]?.order.text ?? '', 99);

    await prove(database.proofUrl, ledger, effects);
    const found = ledger.violations.map(({ what, jobId }) => [what, jobId]);
    expect(found).toEqual(
      expect.arrayContaining([
        ['a job that was accepted is not there', gone],
        ['a log is not numbered 1, 2, 3, …', holed],
        ['a job did not end once, with its last event', twice],
        ['a job is not over', open],
        ['a job did not complete', failed],
        ['a turn is not in its conversation once, with its reply', silent],
        ['a lane is still occupied', held],
        ['the log says otherwise than its subscribers were told', other],
        ['a job is there that nobody was promised', expect.any(String)],
        ['a thread did not complete once', runs[0]?.id],
        ['the provider was asked otherwise than it should be', turns[8]?.id],
      ]),
    );
  });
});
