/** Wall time of a program in the sandbox: a child process, DuckDB and QuickJS, and Vega where it draws. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Sandbox } from '../src/services/sandbox/index.ts';
import { compared, type Measurement, takingTurns, timed } from './harness.ts';

const TINY = "table('Answer', 'select 40 + 2 as answer');";
const CHART = `
  const rows = sql('select range as x, range * range as y from range(20)');
  chart('Squares', { mark: 'bar', encoding: {
    x: { field: 'x', type: 'ordinal' }, y: { field: 'y', type: 'quantitative' },
  } }, rows);
`;

export const sandbox: Measurement = {
  name: 'sandbox',
  async measure({ rounds }) {
    const programs = new Sandbox({ concurrency: 1 });
    const run = (code: string) => () =>
      timed(() => programs.run(code, undefined, new AbortController().signal));

    const results = await takingTurns(2 * rounds, {
      'bare node process that does nothing': () =>
        timed(() => once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit')),
      'Signalbox, a table': run(TINY),
      'Signalbox, a chart': run(CHART),
    });
    return compared('a program in the sandbox', 'ms', results);
  },
};
