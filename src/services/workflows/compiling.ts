import { compileEdges, constrains, feeds } from './compiling-edges.ts';
import { compileThread, type InputChecks } from './compiling-threads.ts';
import type { CompiledEdge, CompiledGraph, CompiledThread } from './graph.ts';
import { isObject, nestsDeeper } from './json.ts';
import { GRAPH_LIMITS } from './limits.ts';
import { cycles, levels } from './order.ts';
import { Problems } from './problems.ts';
import { contentOf, SchemaError } from './schemas.ts';
import { countTemplates } from './templates.ts';
import type { GraphDefinition, ThreadDefinition } from './types.ts';

export type { CompiledGraph, InputChecks };

/** Names of a cycle's path that its message spells out. */
const PATH_SHOWN = 20;

/**
 * A graph ready to run: 1,000 threads in some ten milliseconds, plus a millisecond for each schema of its own.
 *
 * @param definition Its names, numbers and enums are valid (GRAPH_LIMITS); all else is checked here.
 * @param checks What kinds have against inputs. Left out for a definition that was checked before: then schemas are
 *   compiled when they are first used.
 * @throws {DependencyGraphError} With everything that is wrong.
 */
export function compile(definition: GraphDefinition, checks?: InputChecks): CompiledGraph {
  const problems = new Problems();
  checkSize(definition, problems);
  problems.done();

  const names = new Map<string, ThreadDefinition>();
  for (const thread of definition.threads) {
    if (names.has(thread.name))
      problems.add('DUPLICATE_THREAD', `There are several threads named ${thread.name}.`, [thread.name]);
    else names.set(thread.name, thread);
  }
  const edges = compileEdges(definition.dependencies, names, problems);
  const fed = new Set(definition.dependencies.filter(feeds).map(({ target }) => target));
  const parts = definition.threads.map((thread) =>
    compileThread(thread, fed.has(thread.name), checks, problems),
  );
  const order = orderOf(definition, names, problems);
  problems.done();

  const incoming = grouped(edges, ({ target }) => target);
  const outgoing = grouped(edges, ({ source }) => source);
  const threads = definition.threads.map(
    (thread, position): CompiledThread => ({
      ...parts[position]!,
      definition: thread,
      position,
      incoming: incoming.get(thread.name) ?? [],
      outgoing: outgoing.get(thread.name) ?? [],
    }),
  );
  const byName = new Map(threads.map((thread) => [thread.definition.name, thread]));
  return {
    definition,
    threads,
    order,
    thread(name) {
      const thread = byName.get(name);
      if (!thread) throw new Error(`the graph has no thread ${JSON.stringify(name)}`);
      return thread;
    },
  };
}

/** What is too large is not looked at any closer. */
function checkSize(definition: GraphDefinition, problems: Problems): void {
  const { threads, dependencies } = definition;
  const tell = (message: string) => problems.add('TOO_LARGE', message);
  if (threads.length > GRAPH_LIMITS.threads)
    tell(`A graph may have ${GRAPH_LIMITS.threads} threads; this one has ${threads.length}.`);
  if (dependencies.length > GRAPH_LIMITS.dependencies)
    tell(`A graph may have ${GRAPH_LIMITS.dependencies} dependencies; this one has ${dependencies.length}.`);
  problems.done();

  let templates = 0;
  for (const { name, input, inputSchema, outputSchema } of threads) {
    const own = countTemplates(input);
    templates += own;
    if (own > GRAPH_LIMITS.templates)
      problems.add(
        'TOO_LARGE',
        `Thread ${name}: an input may have ${GRAPH_LIMITS.templates} \${…}; this one has ${own}.`,
        [name],
      );
    if (!isObject(input) || nestsDeeper(input, GRAPH_LIMITS.valueDepth))
      problems.add(
        'INVALID_THREAD_INPUT',
        `Thread ${name}: input: must be an object that nests ${GRAPH_LIMITS.valueDepth} deep at most`,
        [name],
      );
    if (nestsDeeper([inputSchema, outputSchema], GRAPH_LIMITS.schemaDepth + 1))
      problems.add(
        'INVALID_SCHEMA',
        `Thread ${name}: a JSON Schema may nest ${GRAPH_LIMITS.schemaDepth} deep.`,
        [name],
      );
  }
  if (templates > GRAPH_LIMITS.graphTemplates)
    tell(`The inputs of a graph may have ${GRAPH_LIMITS.graphTemplates} \${…}; these have ${templates}.`);
  problems.done();

  const length = JSON.stringify(definition).length;
  if (length > GRAPH_LIMITS.definitionLength)
    tell(`A graph may have ${GRAPH_LIMITS.definitionLength} characters as JSON; this one has ${length}.`);
  const schemas = schemasLength(threads);
  if (schemas > GRAPH_LIMITS.schemasLength)
    tell(`The schemas of a graph may have ${GRAPH_LIMITS.schemasLength} characters; these have ${schemas}.`);
}

/** Of all schemas that differ; whoever is none is told of later. */
function schemasLength(threads: readonly ThreadDefinition[]): number {
  const contents = new Set<string>();
  for (const { inputSchema, outputSchema } of threads)
    for (const schema of [inputSchema, outputSchema])
      try {
        if (schema !== undefined && schema !== null) contents.add(contentOf(schema));
      } catch (error) {
        if (!(error instanceof SchemaError)) throw error;
      }
  return [...contents].reduce((sum, { length }) => sum + length, 0);
}

function orderOf(
  { threads, dependencies }: GraphDefinition,
  names: ReadonlyMap<string, ThreadDefinition>,
  problems: Problems,
): string[][] {
  const positions = new Map([...names.keys()].map((name, position) => [name, position]));
  const nodes = [...names.keys()];
  const successors: number[][] = nodes.map(() => []);
  for (const edge of dependencies) {
    const [source, target] = [positions.get(edge.source), positions.get(edge.target)];
    // An end that is missing, and a dependency on itself, are told of already.
    if (source !== undefined && target !== undefined && source !== target && constrains(edge))
      successors[source]!.push(target);
  }
  const named = (positions: readonly number[]) => positions.map((position) => nodes[position]!);
  for (const cycle of cycles(successors)) {
    const path = named(cycle);
    const shown = path.length > PATH_SHOWN ? [...path.slice(0, PATH_SHOWN - 1), '…', path.at(-1)] : path;
    problems.add('CYCLE', `Threads wait for each other: ${shown.join(' → ')}.`, path);
  }
  return threads.length === nodes.length ? levels(successors).map(named) : [];
}

function grouped(
  edges: readonly CompiledEdge[],
  by: (edge: CompiledEdge) => string,
): ReadonlyMap<string, readonly CompiledEdge[]> {
  return Map.groupBy(edges, by);
}
