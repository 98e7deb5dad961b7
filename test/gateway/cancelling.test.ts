import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clumsy, verbatim } from '../support/analysts.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway({ analysts: [verbatim, clumsy] });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const JOB = `{ status lastSeq error { code message step retryable }
  ... on AnalysisJob { result { execution { output repairs } } } }`;
const job = async (id: string) =>
  (await gateway.ask(`query($id: ID!) { job(id: $id) ${JOB} }`, { id })).data.job;
const cancel = async (id: string) =>
  (
    await gateway.ask('mutation($id: ID!) { cancelJob(id: $id) { __typename ... on Job { id status } } }', {
      id,
    })
  ).data.cancelJob;

/** Resolves when the job says that its code runs. */
async function executing(id: string): Promise<void> {
  const query = `subscription { jobProgress(jobId: "${id}") { ... on JobProgressed { progress { step total } } } }`;
  for await (const { data } of gateway.follow(query)) {
    const { progress } = data.jobProgress;
    if (progress && progress.step === progress.total - 1) return;
  }
}
async function finished(id: string): Promise<void> {
  for await (const _ of gateway.follow(`subscription { jobProgress(jobId: "${id}") { seq } }`)) {
    // Only the end matters.
  }
}

describe('cancelling a program', () => {
  it.each([
    ['loops for ever', 'for (;;) {}'],
    ['allocates without end', 'const all = []; for (;;) all.push(new Array(1000).fill(all.length))'],
    ['queries 10^12 rows', "sql('select sum(a.range * b.range) from range(1000000) a, range(1000000) b')"],
  ])('that %s stops it within two seconds, and the gateway answers meanwhile', async (_, program) => {
    const session = await gateway.openSession();
    const id = await gateway.analyse(session, program, { model: 'verbatim' });
    await executing(id);

    const began = performance.now();
    expect(await cancel(id)).toMatchObject({ id, status: expect.stringMatching(/^CANCELL/) });
    const [answer] = await Promise.all([gateway.ask('{ __typename }'), finished(id)]);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(answer.data).toEqual({ __typename: 'Query' });
    expect(await job(id)).toMatchObject({ status: 'CANCELLED', error: null, result: null });
    // The lane is free again.
    await finished(await gateway.analyse(session, 'print(1)', { model: 'verbatim' }));
  });

  it('changes nothing about a job that is over', async () => {
    const id = await gateway.analyse(await gateway.openSession(), 'print(1)', { model: 'verbatim' });
    await finished(id);
    const before = await job(id);
    expect(await cancel(id)).toMatchObject({ __typename: 'AnalysisJob', status: 'COMPLETED' });
    expect(await job(id)).toEqual(before);
  });
});

describe('a program that fails', () => {
  it('goes back to its author with the error, twice at most', async () => {
    const repaired = await gateway.analyse(await gateway.openSession(), '2', { model: 'clumsy' });
    const hopeless = await gateway.analyse(await gateway.openSession(), '3', { model: 'clumsy' });
    await Promise.all([finished(repaired), finished(hopeless)]);

    expect(await job(repaired)).toMatchObject({
      status: 'COMPLETED',
      result: { execution: { repairs: 2, output: expect.stringContaining('broken in round 1') } },
    });
    expect(await job(hopeless)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'PROGRAM_FAILED',
        message: expect.stringContaining('broken in round 2'),
        retryable: false,
      },
    });
  });
});

describe('deleting a job', () => {
  const remove = async (id: string) =>
    (
      await gateway.ask(
        'mutation($id: ID!) { deleteJob(id: $id) { __typename ... on InvalidStateError { status } } }',
        { id },
      )
    ).data.deleteJob;

  it('needs it to be over, and takes its log with it', async () => {
    const id = await gateway.analyse(await gateway.openSession(), 'for (;;) {}', { model: 'verbatim' });
    expect((await remove(id)).__typename).toBe('InvalidStateError');
    await cancel(id);
    await finished(id);
    expect((await remove(id)).__typename).toBe('DeletedJob');
    expect((await remove(id)).__typename).toBe('NotFoundError');
    const { db } = gateway.gateway.store;
    expect(await db.selectFrom('job_events').where('job_id', '=', id).selectAll().execute()).toEqual([]);
  });
});
