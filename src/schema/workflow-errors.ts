import { DependencyGraphError, type GraphProblem as Problem } from '../services/index.ts';
import { builder } from './builder.ts';
import { ErrorInterface } from './errors.ts';

const GraphProblemCode = builder.enumType('GraphProblemCode', {
  values: [
    'CYCLE',
    'UNKNOWN_THREAD',
    'DUPLICATE_THREAD',
    'DUPLICATE_DEPENDENCY',
    'SELF_DEPENDENCY',
    'INVALID_CONDITION',
    'INVALID_MAPPING',
    'INVALID_SCHEMA',
    'INVALID_THREAD_INPUT',
    'TOO_LARGE',
  ] as const,
});

const GraphProblem = builder.objectRef<Problem>('GraphProblem').implement({
  fields: (t) => ({
    code: t.expose('code', { type: GraphProblemCode }),
    message: t.exposeString('message'),
    threads: t.exposeStringList('threads', {
      description: 'The threads it concerns; of a CYCLE, the path, the first thread again at its end.',
    }),
  }),
});

builder.objectType(DependencyGraphError, {
  name: 'DependencyGraphError',
  description: 'A graph cannot be run as it is; every problem is listed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ problems: t.expose('problems', { type: [GraphProblem] }) }),
});
