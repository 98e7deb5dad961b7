import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { CoordinatedKind, JobKind, Turn } from '../../src/jobs/index.ts';
import { describeOnStores } from '../support/stores.ts';
import { OWNER, type Script, startEngine } from './engine.ts';

const TEAM = 'TEAM';

/** Starts what its input names, and ends when all of that is over: COMPLETED where all of it did, else FAILED. */
const team: CoordinatedKind = {
  kind: TEAM,
  async coordinate(turn: Turn) {
    const { members } = turn.job.input as { members: string[] };
    if (turn.isFirst) {
      await turn.stand('RUNNING');
      for (const member of members)
        await turn.start({ kind: 'SCRIPT', parallel: true, input: { do: member } });
      return;
    }
    const children = await turn.trx
      .selectFrom('jobs')
      .select('id')
      .where('parent_id', '=', turn.job.id)
      .execute();
    const ids = children.map(({ id }) => id);
    if (turn.isCancelled) for (const id of ids) await turn.cancel(id);
    const ended = await turn.ended(ids);
    if (ended.length < ids.length) return;
    const failed = ended.find(({ status }) => status === 'FAILED');
    if (!failed) return turn.end({ status: 'COMPLETED', output: [...(await turn.outputs(ids)).values()] });
    const { code, message } = failed.error!;
    await turn.end({ status: 'FAILED', error: { code, message, step: null, retryable: false } });
  },
};

const script: Script = {
  greet: async () => 'hello',
  fail: async () => {
    throw new Error('boom');
  },
  hang: (run) =>
    new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason))),
};

describeOnStores('a job that is made of others', (database) => {
  const start = async (...members: string[]) => {
    const engine = await startEngine(await database(), script, { kinds: [team as never] });
    const job = await engine.start('', { kind: TEAM, input: { members } });
    return { engine, job };
  };

  it('starts them, and ends when they are over', async () => {
    const { engine, job } = await start('greet', 'greet', 'greet');
    await using _ = engine;

    expect(await engine.finished(job.id)).toMatchObject({ status: 'COMPLETED', attempt: 1 });
    expect(await engine.jobs.output(job)).toEqual(['hello', 'hello', 'hello']);
    expect(
      (await engine.log(job.id)).map((event) => ('status' in event ? event.status : event.type)),
    ).toEqual(['STARTED', 'RUNNING', 'COMPLETED', 'JobFinished']);
    const children = await engine.jobs.list(OWNER, { parentId: job.id }, 10);
    expect(children.jobs.map(({ parentId }) => parentId)).toEqual([job.id, job.id, job.id]);
  });

  it('hears of one that failed', async () => {
    const { engine, job } = await start('greet', 'fail');
    await using _ = engine;

    expect(await engine.finished(job.id)).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
  });

  it('stops them when it is cancelled, and ends behind them', async () => {
    const { engine, job } = await start('hang', 'hang');
    await using _ = engine;
    await expect.poll(() => engine.jobs.count(OWNER, { parentId: job.id, statuses: ['RUNNING'] })).toBe(2);

    expect(await engine.jobs.cancel(OWNER, job.id)).toMatchObject({ status: 'CANCELLING' });

    const { finishedAt, status } = await engine.finished(job.id);
    expect(status).toBe('CANCELLED');
    const { jobs: children } = await engine.jobs.list(OWNER, { parentId: job.id }, 10);
    for (const child of children) {
      expect(child.status).toBe('CANCELLED');
      expect(child.finishedAt!.getTime()).toBeLessThanOrEqual(finishedAt!.getTime());
    }
  });

  it('keeps what it is made of as long as it is there itself', async () => {
    const { engine, job } = await start('greet', 'hang');
    await using _ = engine;
    const over = () => engine.jobs.list(OWNER, { parentId: job.id, statuses: ['COMPLETED'] }, 10);
    await expect.poll(async () => (await over()).jobs.length).toBe(1);
    const [greeted] = (await over()).jobs;

    const isKept = async () => {
      await expect(engine.jobs.delete(OWNER, greeted!.id)).rejects.toThrow('part of another one');
      expect(await engine.jobs.find(OWNER, greeted!.id)).not.toBeNull();
    };
    const later = () => new Date(Date.now() + 60_000);
    await isKept();
    expect(await engine.jobs.deleteFinishedBefore(later())).toBe(0);

    await engine.jobs.cancel(OWNER, job.id);
    const { finishedAt } = await engine.finished(job.id);
    await isKept();
    // What it is made of was over before, and does not go before.
    expect(await engine.jobs.deleteFinishedBefore(finishedAt!)).toBe(0);
    await isKept();
    expect(await engine.jobs.deleteFinishedBefore(later())).toBe(1);
    expect(await engine.jobs.find(OWNER, greeted!.id)).toBeNull();
    expect(await engine.jobs.find(OWNER, job.id)).toBeNull();
  });

  it('gives them the time that it says, whatever their kind would take', async () => {
    const generous: CoordinatedKind = {
      kind: 'GENEROUS',
      async coordinate(turn) {
        if (turn.isFirst) {
          await turn.stand('RUNNING');
          await turn.start({ kind: 'BRIEF', parallel: true, input: {}, timeoutMs: 3_600_000 });
        } else await turn.end({ status: 'COMPLETED' });
      },
    };
    const brief: JobKind = {
      kind: 'BRIEF',
      concurrency: 1,
      timeoutMs: 1,
      // A timer that is set behind another of the same length fires behind it.
      work: async (run) => {
        await setTimeout(1);
        run.signal.throwIfAborted();
      },
    };
    const kinds = [generous, brief] as never[];
    await using engine = await startEngine(await database(), script, { kinds });
    const job = await engine.start('', { kind: 'GENEROUS', input: {} });

    await engine.finished(job.id);
    const { jobs: children } = await engine.jobs.list(OWNER, { parentId: job.id }, 10);
    expect(children).toMatchObject([{ status: 'COMPLETED' }]);
  });
});

describeOnStores('a coordinated job', (database) => {
  it('ends when its turn throws, and stops what it started', async () => {
    const careless: CoordinatedKind = {
      kind: 'CARELESS',
      async coordinate(turn) {
        if (!turn.isFirst) throw new Error('a fault of the coordination');
        await turn.stand('RUNNING');
        await turn.start({ kind: 'SCRIPT', parallel: true, input: { do: 'hang' } });
        await turn.again();
      },
      async abandon(turn) {
        turn.progress({ step: 1, total: 1, message: 'given up' });
      },
    };
    await using engine = await startEngine(await database(), script, { kinds: [careless as never] });
    const job = await engine.start('', { kind: 'CARELESS', input: {} });

    expect(await engine.finished(job.id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERNAL' },
      progress: { message: 'given up' },
    });
    const [child] = (await engine.jobs.list(OWNER, { parentId: job.id }, 10)).jobs;
    expect(await engine.finished(child!.id)).toMatchObject({ status: 'CANCELLED' });
  });

  it('gets the turn that it asked for', async () => {
    const turns: number[] = [];
    const patient: CoordinatedKind = {
      kind: 'PATIENT',
      async coordinate(turn) {
        turns.push(performance.now());
        await turn.stand('RUNNING');
        if (turns.length < 3) await turn.wake(new Date(Date.now() + 150));
        else await turn.end({ status: 'COMPLETED' });
      },
    };
    await using engine = await startEngine(await database(), script, { kinds: [patient as never] });
    const job = await engine.start('', { kind: 'PATIENT', input: {} });

    expect(await engine.finished(job.id)).toMatchObject({ status: 'COMPLETED' });
    expect(turns).toHaveLength(3);
    for (const [index, at] of turns.entries())
      if (index > 0) expect(at - turns[index - 1]!).toBeGreaterThan(140);
  });

  it('waits for a person, and goes on', async () => {
    const asking: CoordinatedKind = {
      kind: 'ASKING',
      async coordinate(turn) {
        await turn.stand('WAITING');
      },
    };
    await using engine = await startEngine(await database(), script, { kinds: [asking as never] });
    const job = await engine.start('', { kind: 'ASKING', input: {} });
    await expect.poll(async () => (await engine.jobs.get(OWNER, job.id)).status).toBe('WAITING');

    expect(
      await engine.jobs.turn(OWNER, job.id, (turn) => turn.end({ status: 'COMPLETED', output: 'decided' })),
    ).toBe(true);
    expect(await engine.jobs.output(job)).toBe('decided');
    expect(await engine.jobs.turn(OWNER, job.id, async () => {})).toBe(false);
  });
});
