/** What a graph may be. A bound is inclusive. */
export const GRAPH_LIMITS = {
  /** Threads of a graph; there is at least one. */
  threads: 2_000,
  /** Dependencies of a graph, enabled or not. */
  dependencies: 10_000,
  /** The whole definition as JSON, in UTF-16 units. */
  definitionLength: 2_097_152,
  /** Characters of a thread's name: letters, digits, _ and -. */
  nameLength: 100,
  maxParallelThreads: { min: 1, max: 100 },
  /** For one try of a thread. */
  timeoutSeconds: { min: 1, max: 86_400 },
  /** Tries after the first. */
  maxRetries: { min: 0, max: 20 },
  /** Before the first retry, in milliseconds. */
  retryDelayMs: { min: 0, max: 3_600_000 },
  /** The longest pause before a retry, in milliseconds, unless the first one is longer already. */
  longestRetryDelayMs: 300_000,
  /** `${…}` in the input of one thread. */
  templates: 1_000,
  /** `${…}` in all inputs of a graph. */
  graphTemplates: 20_000,
  /** Outputs that are read to gather a thread's input, as JSON in UTF-8 bytes. */
  outputsLength: 33_554_432,
  /** Inputs, or outputs, of threads that one request reads, as JSON in UTF-16 units. */
  readLength: 33_554_432,
  /** The same in milliseconds that it takes to make them. */
  readMs: 10_000,
  /** Problems told of one definition. */
  problems: 1_000,

  /** Characters of a CEL expression. */
  expressionLength: 2_000,
  /** Nodes of an expression's syntax tree. */
  expressionNodes: 500,
  /** How deep an expression's brackets may nest. */
  expressionDepth: 40,
  /** Elements of a list or map that is written out in an expression. */
  expressionElements: 100,
  /** How deep all, exists, map and filter may nest. */
  comprehensionDepth: 3,
  /** Nodes that one evaluation may visit. */
  evaluationSteps: 500_000,
  /** Characters that one evaluation may make; an element of a list counts as eight. */
  evaluationSize: 4_194_304,
  /** The last wall, for what steps do not measure, in milliseconds: far above what the other bounds allow. */
  evaluationMs: 1_000,
  /** All expressions of one step together, in milliseconds: those of a thread's input, or on one output. */
  stepMs: 2_000,
  /** A turn that computed this long, in milliseconds, leaves the rest to another: all else waits meanwhile. */
  turnMs: 500,
  /** Characters of a regular expression, in RE2's syntax. */
  patternLength: 1_000,

  /** A JSON Schema as JSON, in UTF-16 units. */
  schemaLength: 32_768,
  /** How deep a JSON Schema may nest. */
  schemaDepth: 64,
  /** All schemas of one graph together, each content counted once. */
  schemasLength: 131_072,
  /** For compiling one schema, in milliseconds. 1,000 properties take 0.3 s. */
  schemaMs: 2_000,

  /** Field mappings of one dependency. */
  mappings: 100,
  /** Characters of a field path. */
  pathLength: 500,
  /** Names and indexes of a field path. */
  pathSegments: 32,
  /** The greatest index that a mapping may write to. */
  pathIndex: 999,

  /** A thread's gathered input, or what its expressions give together, as JSON in UTF-16 units. */
  valueLength: 4_194_304,
  /** How deep such a value may nest. */
  valueDepth: 200,
} as const;
