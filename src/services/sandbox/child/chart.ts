import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { ProgramError } from '../errors.ts';
import type { Chart } from '../types.ts';
import { checkSpec } from './chart-spec.ts';
import { complete } from './chart-style.ts';
import { checkSvg } from './svg.ts';
import { textWidth } from './text-width.ts';

/** A chart that compiles and waits to be drawn. */
export type Drawing = () => Promise<Chart>;

// Without a canvas Vega takes every letter for 0.8 em wide and leaves that much room beside the axes.
(vega as unknown as { textMetrics: { width: typeof textWidth } }).textMetrics.width = textWidth;

const nothing = () => Promise.reject(new Error('A chart cannot load anything.'));
const loader: vega.Loader = { load: nothing, sanitize: nothing, http: nothing, file: nothing };

/**
 * Compiles a Vega-Lite specification over rows, or over its own `data.values`.
 *
 * @throws {ProgramError} Names what is wrong with it.
 */
export function compileChart(title: string, spec: unknown, rows: unknown): Drawing {
  const complain = (error: unknown) =>
    new ProgramError(
      `chart ${JSON.stringify(title)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  try {
    const vegaLite = complete(title, checkSpec(spec, rows));
    const compiled = compile(vegaLite as unknown as TopLevelSpec, { logger: quiet() });
    // `ast`: expressions are interpreted, never compiled to JavaScript.
    const runtime = vega.parse(compiled.spec, undefined, { ast: true });
    return async () => {
      try {
        return { title, vegaLite, svg: await draw(runtime) };
      } catch (error) {
        throw complain(error);
      }
    };
  } catch (error) {
    throw complain(error);
  }
}

async function draw(runtime: vega.Runtime): Promise<string> {
  const problems: unknown[] = [];
  const view = new vega.View(runtime, {
    expr: expressionInterpreter,
    loader,
    logger: quiet((problem) => problems.push(problem)),
    renderer: 'none',
  });
  try {
    const svg = await view.toSVG();
    if (problems.length > 0) throw problems[0];
    return checkSvg(svg);
  } finally {
    view.finalize();
  }
}

function quiet(onError: (error: unknown) => void = () => {}): vega.LoggerInterface {
  const logger: vega.LoggerInterface = {
    level: ((level?: number) => (level === undefined ? vega.Error : logger)) as vega.LoggerInterface['level'],
    error(...messages: readonly unknown[]) {
      onError(messages[0]);
      return logger;
    },
    warn: () => logger,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}
