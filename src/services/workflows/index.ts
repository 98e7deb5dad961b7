/**
 * Workflows: graphs of threads that depend on each other, and their runs. A graph is checked whole and kept; a run is a
 * job, and so is each of its threads. What happens next is decided by pure functions over rows, under the run's lock.
 * They know jobs and the store, and of the kinds of threads only how to start them.
 */

export type { Summary as WorkflowSummary } from './coordinating.ts';
export { DependencyGraphError, type GraphProblem } from './errors.ts';
export { type DependencyGraph, Graphs } from './graphs.ts';
export { GRAPH_LIMITS } from './limits.ts';
export { ThreadReader, type ThreadRun } from './reading.ts';
export { Coordinator, type WorkflowInput } from './running.ts';
export type { DependencyDefinition, Resolution, ThreadDefinition, ThreadStatus } from './types.ts';
export { type DefineDependencies, Workflows } from './workflows.ts';
export { analysisWork } from './works/analysis.ts';
export { backgroundWork } from './works/background.ts';
export { chatWork } from './works/chat.ts';
