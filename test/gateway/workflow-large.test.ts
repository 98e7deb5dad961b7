import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Signalbox } from '../../sdk/index.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { begin, type Definition, edge, expectSound, stateOf, story, transform } from './workflow-world.ts';

const SIZE = 1_000;
let gateway: TestGateway;
let signalbox: Signalbox;

beforeAll(async () => {
  gateway = await startGateway({ listens: true });
  signalbox = connect(gateway.url, { timeoutMs: 120_000 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

/** None depends on another. */
const wide = (): Definition => ({
  threads: numbers(SIZE).map((n) => transform(`t${n}`, `input.start + ${n}.0`)),
  dependencies: [],
});

/** Each depends on the one before. */
const deep = (): Definition => ({
  threads: numbers(SIZE).map((n) => transform(`t${n}`, n === 0 ? 'input.start' : 'inputs.n + 1')),
  dependencies: numbers(SIZE - 1).map((n) =>
    edge(`t${n}`, `t${n + 1}`, { type: 'DATA_FLOW', transform: "{'n': output}" }),
  ),
});

/** One, then all but two at a time, then one. */
const diamond = (): Definition => ({
  threads: numbers(SIZE).map((n) => transform(`t${n}`, n === SIZE - 1 ? 'size(inputs)' : 'input.start')),
  dependencies: numbers(SIZE - 2).flatMap((n) => [
    edge('t0', `t${n + 1}`),
    edge(`t${n + 1}`, `t${SIZE - 1}`, { type: 'DATA_FLOW', transform: `{'t${n + 1}': output}` }),
  ]),
});

describe(`a run of ${SIZE} threads`, () => {
  it.each([
    ['wide', wide, SIZE - 1],
    ['deep', deep, SIZE - 1],
    ['diamond', diamond, SIZE - 2],
  ])(
    'completes: %s',
    async (_, shape, last) => {
      const definition = shape();
      const { id } = await begin(signalbox, definition, { start: 0 });
      const changes = await story(signalbox, id);
      const run = await stateOf(signalbox, id);
      expect(run.status).toBe('COMPLETED');
      expect(run.progress).toMatchObject({ fraction: expect.closeTo(1, 2), total: SIZE });
      expect(run.threads.at(-1)?.output).toBe(last);
      expectSound(definition, changes, run);
    },
    120_000,
  );
});
