import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluateTransform, gather } from '../../../src/services/workflows/gathering.ts';
import { GRAPH_LIMITS } from '../../../src/services/workflows/limits.ts';
import type {
  DependencyDefinition,
  GraphDefinition,
  ThreadDefinition,
} from '../../../src/services/workflows/types.ts';
import { edge, graphOf, thread } from './graphs.ts';
import { Rehearsal } from './rehearsal.ts';

const guide = readFileSync(new URL('../../../docs/workflows.md', import.meta.url), 'utf8');

function example() {
  const [, block = ''] = /```json\n([\s\S]*?)```/.exec(guide) ?? [];
  const written: {
    policy: GraphDefinition['policy'];
    threads: (Partial<ThreadDefinition> & { name: string })[];
    dependencies: (Partial<DependencyDefinition> & { source: string; target: string })[];
  } = JSON.parse(block);
  return graphOf(
    written.threads.map(({ name, ...more }) => thread(name, more)),
    written.dependencies.map(({ source, target, ...more }) => edge(source, target, more)),
    { policy: written.policy },
  );
}

function play(report: string) {
  const graph = example();
  const run = new Rehearsal(graph, { question: 'Why?', dataset: 'dataset_1' });
  run.complete('look', { report: { markdown: report } });
  const inputs = gather(graph, 'gauge', { input: run.input, outputs: run.outputs });
  if (!('input' in inputs)) throw new Error('not gathered');
  const gauged = evaluateTransform(graph, 'gauge', inputs.input, run.input);
  if (!('output' in gauged)) throw new Error('not transformed');
  run.complete('gauge', gauged.output);
  return { graph, run };
}

describe('the guide’s example', () => {
  it('runs through where the report is long', () => {
    const { graph, run } = play('x'.repeat(500));
    expect(graph.order).toEqual([['look'], ['gauge'], ['think'], ['tell']]);
    expect(gather(graph, 'think', { input: run.input, outputs: run.outputs })).toEqual({
      input: { effort: 'HIGH', question: `What follows from this?\n\n${'x'.repeat(500)}` },
    });
    run.complete('think', { response: 'Much.' });
    expect(gather(graph, 'tell', { input: run.input, outputs: run.outputs })).toEqual({
      input: { message: 'Put this in three sentences: Much.' },
    });
    run.complete('tell');
    expect(run.ended?.status).toBe('COMPLETED');
  });

  it('skips the thinking where it is short', () => {
    const { run } = play('Nothing.');
    expect(run.statuses()).toEqual({
      look: 'COMPLETED',
      gauge: 'COMPLETED',
      think: 'SKIPPED',
      tell: 'SKIPPED',
    });
    expect(run.ended).toEqual({ status: 'COMPLETED', error: null });
  });
});

/** Bounds that nobody meets before another. */
const NOT_TOLD = new Set(['problems', 'mappings', 'pathLength', 'pathSegments', 'pathIndex', 'schemaMs']);
/** Bounds told in words. */
const TOLD = new Map<number, string>([
  [GRAPH_LIMITS.evaluationMs, '1 s |'],
  [GRAPH_LIMITS.longestRetryDelayMs, 'up to five minutes'],
]);

describe('the guide’s limits', () => {
  it.each(
    Object.entries(GRAPH_LIMITS).flatMap(([name, limit]) =>
      typeof limit === 'number' && !NOT_TOLD.has(name) ? [[name, limit] as const] : [],
    ),
  )('%s', (_, limit) => {
    expect(guide).toContain(TOLD.get(limit) ?? limit.toLocaleString('en'));
  });
});
