/**
 * The same system as queues: gateways, workers, Postgres and the lock of its commits, each first come, first served.
 * Each service takes as long as was measured on average, and as chance has it: exponentially.
 */
import type { Costs } from './costs.ts';
import { type KindOfJob, OWN_EVENTS, OWN_WRITES, PACE_SECONDS, type System } from './load.ts';
import { type Outcome, type Plan, percentiles } from './outcome.ts';
import { Calendar, Station } from './queues.ts';
import { Chance } from './random.ts';
import { type Saying, type Topic, topicsAt } from './topics.ts';

interface Job {
  kind: KindOfJob;
  arrived: number;
  topics: Topic[];
  worker: Station | undefined;
  unwritten: Saying[];
  /** A write is planned or under way. */
  writing: boolean;
  wroteAt: number;
  /** The work has said all. */
  over: boolean;
  leave: () => void;
}

export function simulate(system: System, costs: Costs, plan: Plan): Outcome {
  return new Simulation(system, costs, plan).run();
}

class Simulation {
  readonly #system: System;
  readonly #costs: Costs;
  readonly #plan: Plan;
  readonly #chance: Chance;
  readonly #calendar = new Calendar();
  readonly #gateways: Station[];
  readonly #workers: Station[];
  readonly #postgres: Station;
  readonly #lock: Station;
  readonly #draw: Station;
  readonly #places: Map<KindOfJob, Station>;
  readonly #listeners: number;
  readonly #inside = new Set<Job>();
  readonly #took = { first: [] as number[], takenUp: [] as number[], said: [] as number[] };
  #arrived = 0;
  #ended = 0;
  #turn = 0;

  constructor(system: System, costs: Costs, plan: Plan) {
    const station = (servers = 1) => new Station(this.#calendar, servers);
    const stations = (count: number) => Array.from({ length: count }, () => station());
    this.#system = system;
    this.#costs = costs;
    this.#plan = plan;
    this.#chance = new Chance(plan.seed);
    this.#gateways = stations(system.gateways);
    this.#workers = stations(system.workers);
    this.#postgres = station(system.postgresCores);
    this.#lock = station();
    this.#draw = station(system.workers);
    this.#places = new Map(system.kinds.map((kind) => [kind, station(system.workers * kind.places)]));
    this.#listeners = system.gateways * costs.listening.gateway + system.workers * costs.listening.worker;
  }

  run(): Outcome {
    const { seconds, warmUp } = this.#plan;
    const half = (seconds + warmUp) / 2;
    for (const kind of this.#system.kinds) this.#expect(kind);
    this.#calendar.run(half);
    const before = { arrived: this.#arrived, waiting: this.#waiting() };
    for (const one of this.#stations()) one.reset();
    this.#calendar.run(seconds);
    return {
      firstEvent: percentiles(this.#took.first),
      takenUp: percentiles(this.#took.takenUp),
      delivery: percentiles(this.#took.said),
      utilisation: this.#utilisation(),
      arrived: this.#arrived,
      ended: this.#ended,
      inside: this.#inside.size,
      growth: (this.#waiting() - before.waiting) / Math.max(1, this.#arrived - before.arrived),
    };
  }

  /** Bursts come as single jobs would, and so much more seldom. */
  #expect(kind: KindOfJob): void {
    const { burst } = this.#plan;
    this.#calendar.in(this.#chance.exponential(burst / kind.perSecond), () => {
      for (let i = 0; i < burst; i++) this.#accept(kind);
      this.#expect(kind);
    });
  }

  #accept(kind: KindOfJob): void {
    const { gateway, postgres } = this.#costs;
    const at = Math.floor(this.#chance.uniform() * this.#gateways.length);
    const job: Job = {
      kind,
      arrived: this.#calendar.now,
      topics: topicsAt(this.#gateways, at, kind.followers),
      worker: undefined,
      unwritten: [],
      writing: false,
      wroteAt: Number.NEGATIVE_INFINITY,
      over: false,
      leave: () => {},
    };
    this.#arrived += 1;
    this.#inside.add(job);
    this.#commit(this.#gateways[at]!, gateway.job, postgres.job / OWN_WRITES, () => {
      this.#tell(job, [{ at: job.arrived, is: 'first' }]);
      this.#places.get(kind)!.take((leave) => {
        job.leave = leave;
        this.#draw.take((drawn) => this.#takeUp(job, drawn));
      });
    });
  }

  /** What was measured from ticket to ticket has the transaction in it. */
  #takeUp(job: Job, drawn: () => void): void {
    const { worker, postgres, clock } = this.#costs;
    job.worker = this.#workers[this.#turn++ % this.#workers.length]!;
    const looking = clock.draw - worker.job / 2 - postgres.job / OWN_WRITES - clock.commit;
    this.#calendar.in(this.#seconds(Math.max(0, looking)), () =>
      this.#commit(job.worker!, worker.job / 2, postgres.job / OWN_WRITES, () => {
        drawn();
        this.#note(this.#took.takenUp, job.arrived);
        this.#tell(job, [{ at: this.#calendar.now, is: 'own' }]);
        this.#calendar.in(job.kind.seconds, () => {
          job.over = true;
          if (!job.writing) this.#end(job);
        });
        for (let i = 0; i < job.kind.events; i++)
          this.#calendar.in(this.#chance.uniform() * job.kind.seconds, () => this.#say(job));
      }),
    );
  }

  #say(job: Job): void {
    job.unwritten.push({ at: this.#calendar.now, is: 'said' });
    this.#write(job);
  }

  /** As the log's writer does: one write at a time, at its pace, with all that came meanwhile. */
  #write(job: Job): void {
    if (job.writing) return;
    job.writing = true;
    const silence = this.#calendar.now - job.wroteAt;
    this.#calendar.in(Math.max(0, PACE_SECONDS - silence), () => {
      const { worker, postgres } = this.#costs;
      const batch = job.unwritten;
      job.unwritten = [];
      job.wroteAt = this.#calendar.now;
      const cost = (of: { batch: number; event: number }) => of.batch + of.event * batch.length;
      this.#commit(job.worker!, cost(worker), cost(postgres), () => {
        job.writing = false;
        this.#tell(job, batch);
        if (job.unwritten.length > 0) this.#write(job);
        else if (job.over) this.#end(job);
      });
    });
  }

  #end(job: Job): void {
    const { worker, postgres } = this.#costs;
    this.#commit(job.worker!, worker.job / 2, postgres.job / OWN_WRITES, () => {
      const { now } = this.#calendar;
      const own = Array.from({ length: OWN_EVENTS - 2 }, (): Saying => ({ at: now, is: 'own' }));
      this.#tell(job, own);
      this.#ended += 1;
      this.#inside.delete(job);
      job.leave();
    });
  }

  /** In the process, in Postgres, and behind whoever else commits with a notification. */
  #commit(process: Station, atProcess: number, inPostgres: number, done: () => void): void {
    process.serve(this.#seconds(atProcess), () =>
      this.#postgres.serve(this.#seconds(inPostgres), () =>
        this.#lock.serve(this.#seconds(this.#costs.clock.commit), done),
      ),
    );
  }

  /** Every process hears it; those read it where somebody follows. */
  #tell(job: Job, sayings: Saying[]): void {
    const { gateway, worker, postgres } = this.#costs;
    this.#postgres.serve(this.#seconds(postgres.wakeUp * this.#listeners), () => {});
    for (const station of this.#workers) station.serve(this.#seconds(worker.notification), () => {});
    for (const station of this.#gateways) {
      const topic = job.topics.find((one) => one.gateway === station);
      station.serve(this.#seconds(gateway.notification), () => {
        if (!topic) return;
        topic.unread.push(...sayings);
        this.#read(topic);
      });
    }
  }

  /** One read at a time, of all that was told. */
  #read(topic: Topic): void {
    if (topic.reading || topic.unread.length === 0) return;
    topic.reading = true;
    const { gateway, postgres } = this.#costs;
    topic.gateway.serve(this.#seconds(gateway.read), () =>
      this.#postgres.serve(this.#seconds(postgres.read), () => {
        const sayings = topic.unread;
        topic.unread = [];
        topic.reading = false;
        const cost = sayings.length * (gateway.event + gateway.message * topic.followers);
        topic.gateway.serve(this.#seconds(cost), () => {
          for (const { at, is } of sayings) if (is !== 'own') this.#note(this.#took[is], at);
        });
      }),
    );
  }

  #note(took: number[], since: number): void {
    if (since >= this.#plan.warmUp) took.push(1_000 * (this.#calendar.now - since));
  }

  #seconds(microseconds: number): number {
    return microseconds > 0 ? this.#chance.exponential(microseconds / 1e6) : 0;
  }

  #stations(): Station[] {
    const shared = [this.#postgres, this.#lock, this.#draw];
    return [...this.#gateways, ...this.#workers, ...shared, ...this.#places.values()];
  }

  /** A job that waits for its place or its ticket counts as inside already. */
  #waiting(): number {
    const busy = [...this.#gateways, ...this.#workers, this.#postgres, this.#lock];
    return busy.reduce((sum, station) => sum + station.waiting, this.#inside.size);
  }

  #utilisation(): Record<string, number> {
    const { idle } = this.#costs;
    const mean = (stations: Station[]) =>
      stations.reduce((sum, { utilisation }) => sum + utilisation, 0) / stations.length;
    return {
      'a gateway’s processor': mean(this.#gateways) + idle.gateway,
      'a worker’s processor': mean(this.#workers) + idle.worker,
      'Postgres’ processors': this.#postgres.utilisation,
      'NOTIFY’s lock': this.#lock.utilisation,
      'tickets drawn': this.#draw.utilisation,
      'places of workers': Math.max(0, ...[...this.#places.values()].map(({ utilisation }) => utilisation)),
    };
  }
}
