/** A load and the costs of its parts → what is used of everything, and what ends first. */
import type { Costs } from './costs.ts';
import { flowOf, OWN_WRITES, type System } from './load.ts';

export interface Resource {
  name: string;
  /** Of what there is; from 1 on it does not suffice. */
  share: number;
  /** The part of it that is there without any job. */
  idle: number;
}

const SECOND = 1e6;
const MIB = 1_024;

/** Everything that can end, as shares of what there is. */
export function resourcesOf(system: System, costs: Costs): Resource[] {
  const none = sharesOf({ ...system, kinds: [] }, costs);
  return Object.entries(sharesOf(system, costs)).map(([name, share]) => ({
    name,
    share,
    idle: none[name as keyof typeof none],
  }));
}

function sharesOf(system: System, { gateway, worker, postgres, clock, memory, idle, listening }: Costs) {
  const { gateways, workers, kinds } = system;
  const flow = flowOf(system);
  const processes = gateways + workers;
  const listeners = gateways * listening.gateway + workers * listening.worker;
  const perGateway = (cost: number, count: number) => (cost * count) / gateways / SECOND;
  const perWorker = (cost: number, count: number) => (cost * count) / workers / SECOND;
  const work = kinds.reduce((sum, { perSecond, workSeconds }) => sum + perSecond * workSeconds, 0);
  const places = kinds.map(({ perSecond, seconds, places }) => (perSecond * seconds) / (workers * places));
  return {
    'a gateway’s processor':
      idle.gateway +
      perGateway(gateway.job, flow.jobs) +
      (gateway.notification * flow.notifications) / SECOND +
      perGateway(gateway.read, flow.reads) +
      perGateway(gateway.event, flow.prepared) +
      perGateway(gateway.message, flow.messages),
    'a worker’s processor':
      idle.worker +
      perWorker(worker.job, flow.jobs) +
      perWorker(worker.batch, flow.batches) +
      perWorker(worker.event, flow.events) +
      (worker.notification * flow.notifications) / SECOND,
    'Postgres’ processors':
      (idle.postgres * processes +
        (postgres.job * flow.jobs +
          postgres.batch * flow.batches +
          postgres.event * flow.events +
          postgres.read * flow.reads +
          postgres.wakeUp * listeners * flow.notifications) /
          SECOND) /
      system.postgresCores,
    'NOTIFY’s lock': (clock.commit * flow.notifications) / SECOND,
    'tickets drawn': perWorker(clock.draw, flow.jobs),
    'places of workers': Math.max(0, ...places),
    'work beside the workers': work / (workers * system.workerCores),
    // A start and an end hold it until they have committed.
    'a session’s row': (flow.jobs * (postgres.job + OWN_WRITES * clock.commit)) / system.sessions / SECOND,
    'Postgres’ connections': (processes * system.connections + listeners) / system.maxConnections,
    'a gateway’s sockets': flow.followers / gateways / system.maxSockets,
    'a gateway’s memory':
      (memory.gateway + ((flow.followers / gateways) * memory.follower) / MIB) / system.memory,
    'a worker’s memory':
      (memory.worker + ((flow.running / workers) * memory.runningJob) / MIB) / system.memory,
  };
}

export interface Limit {
  /** What ends first. */
  bottleneck: string;
  /** How many times the load can be carried; below 1 it is too much already. */
  times: number;
}

/**
 * Everything is a fixed part and one that grows with the load: what ends first does where the two reach the share that
 * may be used.
 *
 * @param mayUse Beyond some 80 % everything waits (the simulation shows it); all of it is the end.
 */
export function limitOf(system: System, costs: Costs, mayUse = 1): Limit {
  return resourcesOf(system, costs)
    .map(({ name, share, idle }) => {
      const grows = share - idle;
      const times = idle >= mayUse ? 0 : grows > 0 ? (mayUse - idle) / grows : Number.POSITIVE_INFINITY;
      return { bottleneck: name, times };
    })
    .reduce((least, limit) => (limit.times < least.times ? limit : least));
}

/** What one more of each would change. */
export function oneMore(system: System, costs: Costs, mayUse = 1): Record<string, Limit> {
  const { gateways, workers, postgresCores } = system;
  return {
    'as it is': limitOf(system, costs, mayUse),
    'one more gateway': limitOf({ ...system, gateways: gateways + 1 }, costs, mayUse),
    'one more worker': limitOf({ ...system, workers: workers + 1 }, costs, mayUse),
    'one more core for Postgres': limitOf({ ...system, postgresCores: postgresCores + 1 }, costs, mayUse),
  };
}
