import type { Expression } from './expressions.ts';
import type { CompiledMapping } from './mapping.ts';
import type { Schema } from './schemas.ts';
import type { Template } from './templates.ts';
import type { DependencyDefinition, GraphDefinition, ThreadDefinition } from './types.ts';

/** A dependency that constrains: enabled, and not PARALLEL. */
export interface CompiledEdge {
  readonly definition: DependencyDefinition;
  readonly source: string;
  readonly target: string;
  readonly condition: Expression | null;
  readonly transform: Expression | null;
  readonly mappings: readonly CompiledMapping[];
}

export interface CompiledThread {
  readonly definition: ThreadDefinition;
  /** In the definition, from 0. */
  readonly position: number;
  /** Those of each direction in the order of the definition. */
  readonly incoming: readonly CompiledEdge[];
  readonly outgoing: readonly CompiledEdge[];
  readonly template: Template;
  /** Of a TRANSFORM thread. */
  readonly expression: Expression | null;
  readonly inputSchema: Schema | null;
  readonly outputSchema: Schema | null;
}

/** A definition that is known to be valid, ready to run. Nothing of it changes. */
export interface CompiledGraph {
  readonly definition: GraphDefinition;
  /** By position. */
  readonly threads: readonly CompiledThread[];
  /** Levels of the topological order: the threads of one level may run at the same time. */
  readonly order: readonly (readonly string[])[];
  /** @throws {Error} There is none of that name: the caller's state belongs to another graph. */
  thread(name: string): CompiledThread;
}
