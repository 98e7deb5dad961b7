import { compileExpression, type Expression, ExpressionError, type Wanted } from './expressions.ts';
import type { CompiledEdge } from './graph.ts';
import { compileMappings, Targets } from './mapping.ts';
import type { Problems } from './problems.ts';
import type { DependencyDefinition, ThreadDefinition } from './types.ts';

const nameOf = ({ source, target }: DependencyDefinition) => `${source} → ${target}`;
const endsOf = ({ source, target }: DependencyDefinition) => [source, target];

/** Enabled, and not PARALLEL: it has a say in when its target runs. */
export const constrains = ({ enabled, type }: DependencyDefinition) => enabled && type !== 'PARALLEL';

/** Whether the source's output becomes part of the target's input. */
export const feeds = (edge: DependencyDefinition) =>
  constrains(edge) && (edge.type === 'DATA_FLOW' || !!edge.dataMapping?.length || !!edge.transform);

/**
 * All dependencies checked, and those that constrain, in the order of the definition. What is written on a disabled
 * one must be right, too: somebody means to enable it.
 */
export function compileEdges(
  dependencies: readonly DependencyDefinition[],
  threads: ReadonlyMap<string, ThreadDefinition>,
  problems: Problems,
): CompiledEdge[] {
  const edges: CompiledEdge[] = [];
  const seen = new Set<string>();
  for (const definition of dependencies) {
    const known = checkEnds(definition, threads, problems);
    if (definition.enabled) checkTwice(definition, seen, problems);
    checkFields(definition, problems);
    const edge = compileEdge(definition, problems);
    if (known && constrains(definition)) edges.push(edge);
  }
  checkTargets(edges, threads, problems);
  return edges;
}

/** @returns Whether it leads from one thread to another. */
function checkEnds(
  definition: DependencyDefinition,
  threads: ReadonlyMap<string, ThreadDefinition>,
  problems: Problems,
): boolean {
  const { source, target } = definition;
  const unknown = [...new Set(endsOf(definition))].filter((name) => !threads.has(name));
  for (const name of unknown)
    problems.add('UNKNOWN_THREAD', `${nameOf(definition)}: there is no thread ${JSON.stringify(name)}.`, [
      name,
    ]);
  if (source === target) problems.add('SELF_DEPENDENCY', `${source} cannot depend on itself.`, [source]);
  return unknown.length === 0 && source !== target;
}

function checkTwice(definition: DependencyDefinition, seen: Set<string>, problems: Problems): void {
  const key = JSON.stringify([definition.source, definition.target, definition.type]);
  if (seen.has(key))
    problems.add(
      'DUPLICATE_DEPENDENCY',
      `${nameOf(definition)} is there twice as ${definition.type}.`,
      endsOf(definition),
    );
  seen.add(key);
}

/** Which fields a type may, and must, have. */
function checkFields(definition: DependencyDefinition, problems: Problems): void {
  const { type, condition, dataMapping, transform } = definition;
  const tell = (code: 'INVALID_CONDITION' | 'INVALID_MAPPING', message: string) =>
    problems.add(code, `${nameOf(definition)}: ${message}`, endsOf(definition));

  if (type === 'CONDITIONAL' && !condition) tell('INVALID_CONDITION', 'CONDITIONAL needs a condition.');
  if (type !== 'PARALLEL') return;
  if (condition) tell('INVALID_CONDITION', 'PARALLEL constrains nothing; it cannot have a condition.');
  if (dataMapping?.length) tell('INVALID_MAPPING', 'PARALLEL carries nothing; it cannot have a dataMapping.');
  if (transform) tell('INVALID_MAPPING', 'PARALLEL carries nothing; it cannot have a transform.');
}

function compileEdge(definition: DependencyDefinition, problems: Problems): CompiledEdge {
  const expression = (field: 'condition' | 'transform', wanted: Wanted): Expression | null => {
    const text = definition[field];
    if (text === undefined || text === null) return null;
    try {
      return compileExpression(text, ['output', 'input'], wanted);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const code = field === 'condition' ? 'INVALID_CONDITION' : 'INVALID_MAPPING';
      problems.add(code, `${nameOf(definition)}: ${field}: ${error.message}`, endsOf(definition));
      return null;
    }
  };
  const { compiled, problems: wrong } = compileMappings(definition.dataMapping ?? []);
  for (const message of wrong)
    problems.add('INVALID_MAPPING', `${nameOf(definition)}: dataMapping: ${message}.`, endsOf(definition));

  const { source, target } = definition;
  return {
    definition,
    source,
    target,
    condition: expression('condition', 'BOOLEAN'),
    transform: expression('transform', 'OBJECT'),
    mappings: compiled,
  };
}

/** Where all dependencies of a thread deliver, no two may write to one place. Of ANY, one may stand for another. */
function checkTargets(
  edges: readonly CompiledEdge[],
  threads: ReadonlyMap<string, ThreadDefinition>,
  problems: Problems,
): void {
  const shared = new Map<string, Targets>();
  for (const { definition, target, mappings } of edges) {
    const all = threads.get(target)?.join === 'ALL';
    const targets = (all && shared.get(target)) || new Targets();
    if (all) shared.set(target, targets);
    for (const { to } of mappings) {
      const conflict = targets.add(to);
      if (conflict)
        problems.add(
          'INVALID_MAPPING',
          `${nameOf(definition)}: dataMapping: ${conflict}.`,
          endsOf(definition),
        );
    }
  }
}
