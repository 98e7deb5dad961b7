import { describe, expect, it } from 'vitest';
import { quantile } from '../../bench/scale/quantile.ts';
import { Calendar, Station } from '../../bench/scale/queues.ts';
import { Chance } from '../../bench/scale/random.ts';

interface Queue {
  /** By itself, as a share of the servers' time. */
  load: number;
  servers?: number;
  /** Of a service that takes 1 on average. */
  service: (chance: Chance) => number;
}

/** Poisson arrivals at one station; how long each waits until its service begins. */
function waits({ load, servers = 1, service }: Queue) {
  const calendar = new Calendar();
  const station = new Station(calendar, servers);
  const chance = new Chance(11);
  const waited: number[] = [];
  let timeInside = 0;
  const arrive = () => {
    calendar.in(chance.exponential(1 / (load * servers)), () => {
      const arrived = calendar.now;
      station.take((release) => {
        waited.push(calendar.now - arrived);
        calendar.in(service(chance), () => {
          timeInside += calendar.now - arrived;
          release();
        });
      });
      arrive();
    });
  };
  arrive();
  calendar.run(400_000 / servers);
  return { station, waited, timeInside, now: calendar.now, mean: sum(waited) / waited.length };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
const exponential = (chance: Chance) => chance.exponential(1);
/** The measured is within so many hundredths of what theory says. */
const expectNear = (measured: number, theory: number, hundredths = 5) =>
  expect(Math.abs(measured / theory - 1)).toBeLessThan(hundredths / 100);

/** The probability that all servers are busy. */
function erlangC(servers: number, load: number): number {
  const offered = servers * load;
  let blocking = 1;
  for (let n = 1; n <= servers; n++) blocking = (offered * blocking) / (n + offered * blocking);
  return blocking / (1 - load * (1 - blocking));
}

describe('a station', () => {
  it.each([0.3, 0.7, 0.9])('with services of any length waits as M/M/1 does, at %f', (load) => {
    const { mean, waited, station } = waits({ load, service: exponential });
    expectNear(mean, load / (1 - load));
    expectNear(station.utilisation, load, 2);
    // P(wait > t) = load · e^(-(1 - load) t)
    expectNear(quantile(waited, 0.95), Math.log(load / 0.05) / (1 - load), 8);
  });

  it.each([0.5, 0.8])('with services of one length waits half as long: M/D/1, at %f', (load) => {
    expectNear(waits({ load, service: () => 1 }).mean, load / (2 * (1 - load)));
  });

  it.each([2, 8])('with %i servers waits as Erlang says', (servers) => {
    const load = 0.8;
    const { mean } = waits({ load, servers, service: exponential });
    expectNear(mean, erlangC(servers, load) / (servers * (1 - load)), 6);
  });

  it('loses nothing: who came has left, is served, or waits; and as many are inside as Little says', () => {
    const { station, timeInside, now } = waits({ load: 0.8, service: exponential });
    expect(station.arrived).toBe(station.left + station.busy + station.waiting);
    expectNear(timeInside / now, 0.8 / (1 - 0.8), 6);
  });

  it('serves in the order of arrival', () => {
    const calendar = new Calendar();
    const station = new Station(calendar);
    const served: number[] = [];
    for (let i = 0; i < 5_000; i++) station.serve(1, () => served.push(i));
    calendar.run(5_000);
    expect(served).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  });
});

describe('a calendar', () => {
  it('lets things happen in the order of their time, and of their planning where that is the same', () => {
    const calendar = new Calendar();
    const chance = new Chance(5);
    const happened: [number, number][] = [];
    for (let i = 0; i < 2_000; i++) {
      const at = Math.floor(chance.uniform() * 100);
      calendar.in(at, () => happened.push([at, i]));
    }
    calendar.run(100);
    expect(happened).toEqual(happened.toSorted(([a, i], [b, j]) => a - b || i - j));
    expect(happened).toHaveLength(2_000);
  });
});
