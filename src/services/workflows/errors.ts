import { DomainError } from '../../errors.ts';

export type GraphProblemCode =
  | 'CYCLE'
  | 'UNKNOWN_THREAD'
  | 'DUPLICATE_THREAD'
  | 'DUPLICATE_DEPENDENCY'
  | 'SELF_DEPENDENCY'
  | 'INVALID_CONDITION'
  | 'INVALID_MAPPING'
  | 'INVALID_SCHEMA'
  | 'INVALID_THREAD_INPUT'
  | 'TOO_LARGE';

export interface GraphProblem {
  code: GraphProblemCode;
  message: string;
  /** The threads it is about: of a cycle, its path, with the first thread once more at the end. */
  threads: string[];
}

/** The graph cannot run as it is written. `problems` has all that is wrong with it, not the first only. */
export class DependencyGraphError extends DomainError {
  readonly code = 'DEPENDENCY_GRAPH';
  readonly problems: GraphProblem[];

  constructor(problems: GraphProblem[]) {
    const [first] = problems;
    const more = problems.length > 1 ? ` And ${problems.length - 1} more.` : '';
    super(`The dependency graph cannot run: ${first?.message ?? 'it is not valid.'}${more}`);
    this.problems = problems;
  }
}
