/** Graphs of threads: what it takes to define one, and what coordinating costs for each thread that finishes. */
import { connect, type DefineDependenciesInput, type Signalbox, unwrap } from '../sdk/index.ts';
import { compared, type Line, type Measurement, takingTurns, timed, within } from './harness.ts';
import { startGateway } from './processes.ts';
import { eachStore } from './stores.ts';

const SIZES = [100, 300, 1_000];
const LARGEST = 1_000;
/** For one run. */
const PATIENCE_SECONDS = 120;

type Graph = Pick<DefineDependenciesInput, 'threads' | 'dependencies'>;

export const workflows: Measurement = {
  name: 'workflows',
  async measure({ rounds, share }) {
    const lines: Line[] = [];
    for await (const database of eachStore()) {
      await using gateway = await startGateway(database.environment);
      const signalbox = connect(gateway.url, { timeoutMs: PATIENCE_SECONDS * 1_000 });
      lines.push(...(await defining(signalbox, database.name, rounds, share)));
      for (const [name, shape] of Object.entries(SHAPES))
        lines.push(
          ...(await running(signalbox, `${name}, ${database.name}`, shape, Math.min(rounds, 3), share)),
        );
    }
    return lines;
  },
};

async function defining(signalbox: Signalbox, store: string, rounds: number, share: number): Promise<Line[]> {
  const session = unwrap(await signalbox.createSession());
  const size = Math.round(LARGEST * share);
  const contestants = Object.entries(SHAPES).map(([name, shape]) => {
    const graph = shape(size);
    return [name, () => timed(() => define(signalbox, session.id, graph))] as const;
  });
  return compared(
    `defining a graph of ${size} threads, ${store}`,
    'ms',
    await takingTurns(rounds, {
      'a session: the smallest mutation': () => timed(() => signalbox.createSession()),
      ...Object.fromEntries(contestants),
    }),
  );
}

/** Milliseconds from the start of a run to its last event, for each of its threads. They only compute: no jobs. */
async function running(
  signalbox: Signalbox,
  what: string,
  shape: (size: number) => Graph,
  rounds: number,
  share: number,
): Promise<Line[]> {
  const session = unwrap(await signalbox.createSession());
  const contestants: Record<string, () => Promise<number>> = {};
  for (const size of SIZES.map((size) => Math.round(size * share))) {
    const graphId = await define(signalbox, session.id, shape(size));
    contestants[`of ${size}`] = async () => {
      const work = timed(() => run(signalbox, graphId));
      return (await within(PATIENCE_SECONDS, `a run of ${size} threads`, work)) / size;
    };
  }
  return compared(`one finished thread, ${what}`, 'ms', await takingTurns(rounds, contestants));
}

async function define(signalbox: Signalbox, sessionId: string, graph: Graph): Promise<string> {
  return unwrap(await signalbox.defineDependencies({ sessionId, ...graph })).id;
}

async function run(signalbox: Signalbox, graphId: string): Promise<void> {
  const { id } = unwrap(await signalbox.startWorkflow({ graphId }));
  for await (const event of signalbox.follow(id))
    if (event.__typename === 'JobFinished' && event.job.status !== 'COMPLETED')
      throw new Error(`The run ${id} is ${event.job.status}.`);
}

const thread = (n: number, expression: string): Graph['threads'][number] => ({
  name: `t${n}`,
  kind: 'TRANSFORM',
  input: { expression },
});
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

const SHAPES: Readonly<Record<string, (size: number) => Graph>> = {
  /** None depends on another. */
  wide: (size) => ({ threads: numbers(size).map((n) => thread(n, '1')), dependencies: [] }),
  /** Each depends on the one before. */
  deep: (size) => ({
    threads: numbers(size).map((n) => thread(n, n === 0 ? '1' : 'inputs.n + 1')),
    dependencies: numbers(size - 1).map((n) => ({
      source: `t${n}`,
      target: `t${n + 1}`,
      type: 'DATA_FLOW',
      transform: "{'n': output}",
    })),
  }),
  /** One, then all but two, then one that waits for them all. */
  diamond: (size) => ({
    threads: numbers(size).map((n) => thread(n, '1')),
    dependencies: numbers(size - 2).flatMap((n) => [
      { source: 't0', target: `t${n + 1}` },
      { source: `t${n + 1}`, target: `t${size - 1}` },
    ]),
  }),
};
