import type { Db, Trx } from '../../store/index.ts';
import { type CompiledGraph, compile, type InputChecks } from './compiling.ts';
import type { GraphDefinition } from './types.ts';

/** Compiled graphs that one process keeps; a graph never changes. */
const KEPT = 200;

export interface DependencyGraph {
  id: string;
  sessionId: string;
  definition: GraphDefinition;
  createdAt: Date;
}

/** Graphs as they were defined, and ready to be run. */
export class Graphs {
  readonly #checks: InputChecks;
  /** The one used last comes last. */
  readonly #compiled = new Map<string, CompiledGraph>();

  constructor(checks: InputChecks) {
    this.#checks = checks;
  }

  /** @throws {DependencyGraphError} */
  compile(definition: GraphDefinition): CompiledGraph {
    return compile(definition, this.#checks);
  }

  /** A graph of the store, ready to be run. */
  async compiled(db: Db | Trx, id: string): Promise<CompiledGraph> {
    const graph = (await this.compiledMany(db, [id])).get(id);
    if (!graph) throw new Error('A run goes with its graph.');
    return graph;
  }

  /** Several of them, by id; those that are not known yet in one statement. What is gone is missing. */
  async compiledMany(db: Db | Trx, ids: readonly string[]): Promise<Map<string, CompiledGraph>> {
    const wanted = [...new Set(ids)];
    const graphs = new Map<string, CompiledGraph>();
    for (const id of wanted) {
      const known = this.#compiled.get(id);
      if (known) graphs.set(id, this.#keep(id, known));
    }
    const missing = wanted.filter((id) => !graphs.has(id));
    if (missing.length === 0) return graphs;
    const rows = await db
      .selectFrom('dependency_graphs')
      .select(['id', 'definition'])
      .where('id', 'in', missing)
      .execute();
    for (const { id, definition } of rows)
      graphs.set(id, this.#keep(id, compile(definition as GraphDefinition)));
    return graphs;
  }

  /** A graph that was read, ready to be run. */
  of({ id, definition }: DependencyGraph): CompiledGraph {
    return this.#keep(id, this.#compiled.get(id) ?? compile(definition));
  }

  #keep(id: string, graph: CompiledGraph): CompiledGraph {
    this.#compiled.delete(id);
    this.#compiled.set(id, graph);
    for (const oldest of this.#compiled.keys()) {
      if (this.#compiled.size <= KEPT) break;
      this.#compiled.delete(oldest);
    }
    return graph;
  }
}
