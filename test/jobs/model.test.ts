import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { InvalidStateError, NotFoundError } from '../../src/errors.ts';
import { type Job, JobFailure, SessionBusyError } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, startEngine } from './engine.ts';

const policy = fc.constantFrom('REJECT' as const, 'ENQUEUE' as const, 'CANCEL_RUNNING' as const);
const session = fc.integer({ min: 0, max: 2 });
const which = fc.nat({ max: 30 });
const action = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('start' as const),
      session,
      policy,
      work: fc.constantFrom('brief', 'fails', 'steps'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), which }) },
  // The job's worker is lost: its row says that somebody else, who does not live, has it.
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), which }) },
);

describeOnStores('whatever happens to the jobs of a few sessions', (create) => {
  it('leaves every job over, every lane free and every log whole', { timeout: 180_000 }, async () => {
    await using engine = await startEngine(
      await create(),
      {
        brief: async () => 'done',
        fails: async () => {
          throw new JobFailure('SORRY', 'No.');
        },
        steps: async (run) => {
          for (const step of ['a', 'b']) await run.step(step, async () => run.text('out', step));
          return 'done';
        },
      },
      { heartbeatMs: 50, concurrency: 6 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 25 }), async (actions) => {
        const sessions = await Promise.all([0, 1, 2].map(() => engine.openSession()));
        const started: Job[] = [];
        const deleted = new Set<string>();
        const crashed = new Set<string>();
        const act = async (step: (typeof actions)[number]) => {
          if (step.do === 'start') {
            const sessionId = sessions[step.session]!;
            const job = await engine
              .start(step.work, { sessionId, onBusy: step.policy })
              .catch((error: unknown) => {
                if (error instanceof SessionBusyError) return null;
                throw error;
              });
            if (job) started.push(job);
            return;
          }
          const job = started[step.which % Math.max(started.length, 1)];
          if (!job) return;
          const fine = (error: unknown) => {
            if (!(error instanceof NotFoundError) && !(error instanceof InvalidStateError)) throw error;
            return error;
          };
          if (step.do === 'cancel') await engine.jobs.cancel(OWNER, job.id).catch(fine);
          if (step.do === 'delete' && !(await engine.jobs.delete(OWNER, job.id).catch(fine)))
            deleted.add(job.id);
          if (step.do === 'crash') {
            const { rows } = await sql`
              update jobs set worker = 'worker_lost' where id = ${job.id} and worker is not null returning id
            `.execute(engine.store.db);
            if (rows.length > 0) crashed.add(job.id);
          }
        };
        // Three clients at once, each doing every third thing.
        await Promise.all(
          [0, 1, 2].map(async (client) => {
            for (let at = client; at < actions.length; at += 3) await act(actions[at]!);
          }),
        );

        const order = started.toSorted((a, b) => a.number - b.number).filter(({ id }) => !deleted.has(id));
        for (const { id, number, input } of order) {
          const job = await engine.jobs.finished(OWNER, id, AbortSignal.timeout(15_000));
          const log = await engine.log(id);
          expect(job.finishedAt, `${id} (${number}) is over`).not.toBeNull();
          expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
          expect(log.filter(({ type }) => type === 'JobFinished')).toHaveLength(1);
          expect(log.at(-2)).toMatchObject({ type: 'JobStatusChanged', status: job.status });
          const completes = (input as { do: string }).do !== 'fails';
          if (job.status !== 'CANCELLED') expect(job.status).toBe(completes ? 'COMPLETED' : 'FAILED');
          expect(await engine.jobs.output(job)).toBe(job.status === 'COMPLETED' ? 'done' : null);
          for (const step of ['a', 'b'])
            expect(log.filter((event) => 'step' in event && event.step === step).length).toBeLessThanOrEqual(
              1,
            );
          expect(job.attempt).toBeLessThanOrEqual(1 + (crashed.has(id) ? MOST_CRASHES : 0));
        }
        // Of one session, none began before the one that was accepted before it had ended.
        for (const sessionId of sessions) {
          const { jobs } = await engine.jobs.list(OWNER, { sessionId }, 100);
          const ran = jobs.reverse().filter(({ startedAt }) => startedAt);
          for (const [index, job] of ran.entries()) {
            const before = ran[index - 1];
            if (before)
              expect(job.startedAt!.getTime()).toBeGreaterThanOrEqual(before.finishedAt!.getTime() - 2);
          }
        }
        const lanes = await engine.store.db
          .selectFrom('lanes')
          .select('job_id')
          .where('job_id', 'is not', null)
          .execute();
        expect(lanes).toEqual([]);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });
});

const MOST_CRASHES = 10;
