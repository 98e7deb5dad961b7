import { GRAPH_LIMITS } from './limits.ts';

/** The part of a CEL syntax tree's node that is evaluated; of the vendor's workings, not of its interface. */
interface Evaluated {
  meta: {
    evaluate: (...args: unknown[]) => unknown;
    /** What a macro such as `map` was expanded to. */
    alternate?: Evaluated;
    /** A macro that evaluates itself, by way of nodes that are metered. */
    macro?: object;
  };
  setMeta(key: 'evaluate', evaluate: (...args: unknown[]) => unknown): unknown;
}

/** Operators that make new text, lists or maps; others hand on what is there. */
const MAKERS = new Set(['+', 'call', 'rcall', 'list', 'map']);
/** One object for all: a hostile expression may cause it often, and catch it. */
const SPENT = new Error(
  `Evaluating the expression takes more than ${GRAPH_LIMITS.evaluationSteps} steps, or makes more than ` +
    `${GRAPH_LIMITS.evaluationSize} characters and elements; a list’s element counts as eight.`,
);

let stepsLeft = 0;
let sizeLeft = 0;

/**
 * Has the nodes of a checked expression count: a step for each visit, and the size of what they make. The vendor
 * bounds neither; `cel.bind(a, [1, 2], cel.bind(b, a + a, …))` would double until memory is gone.
 *
 * @throws {Error} The vendor's nodes are not what they were; nothing is evaluated unmetered.
 */
export function meter(nodes: readonly { readonly op: string }[]): void {
  for (const node of nodes) {
    const { meta } = node as unknown as Evaluated;
    const target = meta.alternate ?? (node as unknown as Evaluated);
    const { evaluate, macro } = target.meta;
    if (macro) continue;
    if (typeof evaluate !== 'function') throw new Error(`cannot meter the CEL node ${node.op}`);
    const makes = MAKERS.has(node.op);
    target.setMeta('evaluate', (...args) => {
      stepsLeft -= 1;
      if (stepsLeft < 0) throw SPENT;
      const value = evaluate.apply(target, args);
      if (makes) {
        sizeLeft -= sizeOf(value);
        if (sizeLeft < 0) throw SPENT;
      }
      return value;
    });
  }
}

/** @throws {Error} It took more than one evaluation may, even if the expression caught that. */
export function metered(evaluate: () => unknown): unknown {
  stepsLeft = GRAPH_LIMITS.evaluationSteps;
  sizeLeft = GRAPH_LIMITS.evaluationSize;
  const value = evaluate();
  if (stepsLeft < 0 || sizeLeft < 0) throw SPENT;
  return value;
}

function sizeOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length;
  return Array.isArray(value) ? 8 * value.length : 0;
}
