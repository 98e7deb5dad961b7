import type { Db, Trx } from '../../store/index.ts';
import { type CompiledGraph, compile, type InputChecks } from './compiling.ts';
import { countTemplates } from './templates.ts';
import type { GraphDefinition } from './types.ts';

/**
 * What the compiled graphs that one process keeps may weigh together, in characters of their definitions: some 100 MB.
 * Their expressions are kept by themselves.
 */
const KEPT_WEIGHT = 16_777_216;
/** What a thread, dependency or `${…}` weighs besides. */
const PIECE = 250;

export interface DependencyGraph {
  id: string;
  sessionId: string;
  definition: GraphDefinition;
  createdAt: Date;
}

/** Graphs as they were defined, and ready to be run. */
export class Graphs {
  readonly #checks: InputChecks;
  readonly #most: number;
  /** A graph never changes. The one used last comes last. */
  readonly #compiled = new Map<string, { graph: CompiledGraph; weight: number }>();
  #weight = 0;

  /** @param most Weight of the graphs that it keeps. */
  constructor(checks: InputChecks, most = KEPT_WEIGHT) {
    this.#checks = checks;
    this.#most = most;
  }

  /** What is kept for the next time. */
  get kept(): { graphs: number; weight: number } {
    return { graphs: this.#compiled.size, weight: this.#weight };
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
      if (known) graphs.set(id, this.#keep(id, known.graph, known.weight));
    }
    const missing = wanted.filter((id) => !graphs.has(id));
    if (missing.length === 0) return graphs;
    const rows = await db
      .selectFrom('dependency_graphs')
      .select(['id', 'definition'])
      .where('id', 'in', missing)
      .execute();
    for (const { id, definition } of rows) {
      const graph = compile(definition as GraphDefinition);
      graphs.set(id, this.#keep(id, graph, weightOf(graph)));
    }
    return graphs;
  }

  #keep(id: string, graph: CompiledGraph, weight: number): CompiledGraph {
    this.#weight += weight - (this.#compiled.get(id)?.weight ?? 0);
    this.#compiled.delete(id);
    this.#compiled.set(id, { graph, weight });
    for (const [oldest, { weight }] of this.#compiled) {
      if (this.#weight <= this.#most) break;
      this.#compiled.delete(oldest);
      this.#weight -= weight;
    }
    return graph;
  }
}

function weightOf({ definition }: CompiledGraph): number {
  const { threads, dependencies } = definition;
  const templates = threads.reduce((sum, { input }) => sum + countTemplates(input), 0);
  return JSON.stringify(definition).length + PIECE * (threads.length + dependencies.length + templates);
}
