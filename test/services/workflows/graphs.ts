import { type CompiledGraph, compile, type InputChecks } from '../../../src/services/workflows/compiling.ts';
import type {
  DependencyDefinition,
  GraphDefinition,
  Policy,
  ThreadDefinition,
} from '../../../src/services/workflows/types.ts';

/** Kinds that have nothing against any input. */
export const anything: InputChecks = { ANALYSIS: () => [], BACKGROUND_TASK: () => [], CHAT: () => [] };

export const thread = (name: string, more: Partial<ThreadDefinition> = {}): ThreadDefinition => ({
  name,
  kind: 'CHAT',
  input: {},
  join: 'ALL',
  timeoutSeconds: 300,
  maxRetries: 0,
  ...more,
});

export const edge = (
  source: string,
  target: string,
  more: Partial<DependencyDefinition> = {},
): DependencyDefinition => ({ source, target, type: 'SEQUENTIAL', enabled: true, ...more });

export const definition = (
  threads: (string | ThreadDefinition)[],
  dependencies: DependencyDefinition[] = [],
  more: Partial<GraphDefinition> = {},
): GraphDefinition => ({
  threads: threads.map((item) => (typeof item === 'string' ? thread(item) : item)),
  dependencies,
  policy: 'BEST_EFFORT',
  maxParallelThreads: 5,
  retryDelayMs: 1_000,
  ...more,
});

export const graphOf = (...parts: Parameters<typeof definition>): CompiledGraph =>
  compile(definition(...parts), anything);

/** a, b and c one after the other, and one that is free. */
export const chain = (policy: Policy, more: Partial<ThreadDefinition> = {}): CompiledGraph =>
  graphOf(
    [thread('a', more), thread('b', more), 'c', 'free'],
    [edge('a', 'b'), edge('b', 'c', { type: 'DATA_FLOW' })],
    { policy },
  );
