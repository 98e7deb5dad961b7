import { describe, expect, it } from 'vitest';
import { edge, graphOf } from './graphs.ts';

describe('a graph', () => {
  it('has levels: what depends on nothing first, each level in the order of the definition', () => {
    const graph = graphOf(
      ['d', 'c', 'b', 'a', 'alone'],
      [edge('a', 'b'), edge('a', 'c', { type: 'DATA_FLOW' }), edge('b', 'd'), edge('c', 'd')],
    );
    expect(graph.order).toEqual([['a', 'alone'], ['c', 'b'], ['d']]);
    expect(graph.thread('d')).toMatchObject({ position: 0, outgoing: [] });
    expect(graph.thread('d').incoming.map(({ source }) => source)).toEqual(['b', 'c']);
    expect(() => graph.thread('nobody')).toThrow('no thread "nobody"');
  });

  it('is not ordered by PARALLEL and disabled dependencies, not even in a circle', () => {
    const graph = graphOf(
      ['a', 'b'],
      [edge('a', 'b'), edge('b', 'a', { type: 'PARALLEL' }), edge('b', 'a', { enabled: false })],
    );
    expect(graph.order).toEqual([['a'], ['b']]);
    expect(graph.thread('a').incoming).toEqual([]);
  });

  it('may be the example that all began with', () => {
    const graph = graphOf(
      ['data_processing', 'analysis', 'report_generation'],
      [
        edge('data_processing', 'analysis', { dataMapping: [{ from: 'processed_data', to: 'input_data' }] }),
        edge('analysis', 'report_generation', {
          type: 'DATA_FLOW',
          condition: 'has(output.analysis_complete) ? output.analysis_complete : false',
        }),
      ],
      { policy: 'ADAPTIVE', retryDelayMs: 1_000 },
    );
    expect(graph.order).toEqual([['data_processing'], ['analysis'], ['report_generation']]);
  });

  it('of a thousand threads, in whatever shape, compiles in a moment', () => {
    const names = Array.from({ length: 1_000 }, (_, at) => `t${at}`);
    const shapes = {
      wide: [],
      chain: names.slice(1).map((name, at) => edge(names[at]!, name, { condition: `output.n > ${at}` })),
      diamonds: names.slice(3).flatMap((name, at) => [edge(names[at]!, name), edge(names[at + 1]!, name)]),
    };
    for (const dependencies of Object.values(shapes)) {
      const began = performance.now();
      expect(graphOf(names, dependencies).order.flat()).toHaveLength(1_000);
      expect(performance.now() - began).toBeLessThan(5_000);
    }
  });
});
