/**
 * What is measured: a gateway that answers and runs nothing, or a worker, which is the engine with jobs that do what
 * their message says. Both on one Postgres, each in a process of its own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { createEngine, type JobKind, type Run } from '../../src/jobs/index.ts';
import { storeSettings } from '../../src/settings.ts';
import { openStore } from '../../src/store/index.ts';
import { takeOrders, tell } from '../servers/answering.ts';
import { Chance } from './random.ts';
import { nowMs, type Script } from './script.ts';

const PLACES = 10_000;

const log = pino({ level: 'warn' }, process.stderr);
const config = readConfig({ ...process.env, PORT: '0' });

/** Microseconds of processor so far, all threads. */
function used() {
  const { user, system } = process.cpuUsage();
  return { microseconds: user + system };
}

if (process.env.SCALE_ROLE === 'gateway') {
  const gateway = await createGateway({ ...config, ROLE: 'gateway' }, { log });
  takeOrders({ used, followers: () => ({ followers: gateway.services.jobs.subscribers }) });
  endWith(() => gateway.close());
  tell(gateway.url ?? '');
} else {
  const store = await openStore(storeSettings(config, log));
  let go = Promise.withResolvers<void>();
  let ended = 0;
  const takenUp: number[] = [];

  async function work(run: Run<{ message: string }>): Promise<void> {
    takenUp.push(performance.now());
    const { events, batch, seconds = 0, waits = false } = JSON.parse(run.input.message) as Script;
    if (waits) await go.promise;
    if (seconds > 0) await spread(run, events, seconds);
    else
      for (let said = 0; said < events; said += batch)
        await Promise.all(
          Array.from({ length: Math.min(batch, events - said) }, (_, i) => say(run, said + i)),
        );
  }

  const scripted: JobKind<{ message: string }> = {
    // The schema has a type for it.
    kind: 'ANALYSIS',
    concurrency: PLACES,
    timeoutMs: 600_000,
    work,
    afterEnd: async () => {
      ended += 1;
    },
  };
  const engine = createEngine({ store, log, works: true, kinds: () => [scripted as JobKind<never>] });
  await engine.start();
  takeOrders({
    used,
    go() {
      go.resolve();
      return {};
    },
    hold() {
      go = Promise.withResolvers();
      return {};
    },
    progress: () => ({ takenUp: takenUp.length, ended }),
    /** Milliseconds from one to the next, when many waited. */
    pace: () => ({ ms: ((takenUp.at(-1) ?? 0) - (takenUp[0] ?? 0)) / (takenUp.length - 1) }),
  });
  endWith(async () => {
    go.resolve();
    await engine.stop();
    await store.close();
  });
  tell('http://worker');
}

const say = (run: Pick<Run, 'log'>, i: number): Promise<void> =>
  run.log('INFO', `${nowMs()} Row ${i} of the table was read, and nothing about it was remarkable.`);

/** At any moments, as words come from a model. */
async function spread(run: Pick<Run, 'log'>, events: number, seconds: number): Promise<void> {
  const chance = new Chance(Date.now());
  const moments = Array.from({ length: events }, () => chance.uniform() * seconds * 1_000).sort(
    (a, b) => a - b,
  );
  const began = performance.now();
  for (const [i, moment] of moments.entries()) {
    const early = moment - (performance.now() - began);
    if (early > 0) await delay(early);
    void say(run, i);
  }
}

function endWith(close: () => Promise<void>): void {
  // Whoever gave the orders is gone: so is the work.
  process.once('disconnect', () => process.exit(1));
  process.on('SIGTERM', () => void close().then(() => process.exit(0)));
}
