import type {
  CoordinationPolicy,
  DefineDependenciesInput,
  DependencyType,
  ThreadJoin,
  ThreadKind,
} from '../../sdk/index.ts';
import { Complaints, Fields } from './workflow-fields.ts';
import type { FileProblem, Path, YamlDocument } from './workflow-yaml.ts';

const TYPES: readonly DependencyType[] = ['SEQUENTIAL', 'PARALLEL', 'DATA_FLOW', 'CONDITIONAL'];
const POLICIES: readonly CoordinationPolicy[] = ['BEST_EFFORT', 'STRICT', 'ADAPTIVE'];
const KINDS: readonly ThreadKind[] = ['ANALYSIS', 'BACKGROUND_TASK', 'CHAT', 'TRANSFORM'];
const JOINS: readonly ThreadJoin[] = ['ALL', 'ANY'];

type Definition = Omit<DefineDependenciesInput, 'sessionId'>;
type Thread = Definition['threads'][number];
type Dependency = Definition['dependencies'][number];

/** What a workflow's file says, in the words of the API. */
export interface Workflow {
  definition: Definition;
  /** Where each thread and each dependency stands in the file. */
  places: { threads: readonly Path[]; dependencies: readonly Path[] };
  /** Files to upload before it runs, by the names under which `input.datasets` has their ids. */
  datasets: ReadonlyMap<string, { file: string; at: Path }>;
  /** What a run is given unless it is told otherwise. */
  input: Record<string, unknown>;
  /** False: whoever wrote it wants it not to run. */
  enabled: boolean;
}

/**
 * Understands a workflow's file, in snake_case or camelCase.
 *
 * @returns `workflow` is null where so much is wrong that a gateway could say nothing sensible about the rest.
 */
export function understand(document: YamlDocument): { workflow: Workflow | null; problems: FileProblem[] } {
  const complaints = new Complaints(document);
  const file = new Fields(document.value, [], complaints);
  const threads = threadsIn(file, complaints);
  const dependencies = (file.each('dependencies') ?? []).map(({ value, at }) => ({
    at,
    dependency: dependencyIn(new Fields(value, at, complaints), complaints),
  }));
  const coordination = coordinationIn(file, complaints);
  const datasets = datasetsIn(file, complaints);
  const input = file.object('input') ?? {};
  // For people only.
  file.text('name');
  file.text('description');
  file.done();

  const { problems, isTorn } = complaints;
  if (isTorn) return { workflow: null, problems };
  const { enabled, retries, ...settings } = coordination;
  const workflow: Workflow = {
    definition: {
      ...settings,
      ...(!retries && { maxRetries: 0 }),
      threads: threads.map(({ thread }) => (retries ? thread : { ...thread, maxRetries: 0 })),
      dependencies: dependencies.map(({ dependency }) => dependency),
    },
    places: { threads: threads.map(({ at }) => at), dependencies: dependencies.map(({ at }) => at) },
    datasets,
    input,
    enabled,
  };
  return { workflow, problems };
}

function threadsIn(file: Fields, complaints: Complaints): { at: Path; thread: Thread }[] {
  const found = file.each('threads');
  if (!found?.length)
    complaints.mention(
      ['threads'],
      `must say which threads there are and what they do, each as \`- {name: …, kind: …, input: {…}}\`; a kind is one of: ${KINDS.join(', ').toLowerCase()}`,
    );
  return (found ?? []).map(({ value, at, name }) => {
    const fields = new Fields(value, at, complaints);
    return { at, thread: threadIn(fields, name) };
  });
}

function threadIn(fields: Fields, givenName: string | null): Thread {
  const name = givenName === null ? fields.required('name') : (fields.text('name') ?? givenName);
  fields.require('kind');
  const kind = fields.word(KINDS, 'kind');
  const thread: Thread = {
    name: name ?? '',
    kind: kind ?? 'TRANSFORM',
    ...present('input', fields.object('input')),
    ...present('inputSchema', fields.json('inputSchema')),
    ...present('outputSchema', fields.json('outputSchema')),
    ...present('join', fields.word(JOINS, 'join')),
    ...present('timeoutSeconds', fields.integer('timeout', 'timeoutSeconds')),
    ...present('maxRetries', fields.integer('maxRetries')),
  };
  fields.done();
  return thread;
}

function dependencyIn(fields: Fields, complaints: Complaints): Dependency {
  const dependency: Dependency = {
    source: fields.required('sourceThread', 'source') ?? '',
    target: fields.required('targetThread', 'target') ?? '',
    ...present('type', fields.word(TYPES, 'type', 'dependencyType')),
    ...present('condition', fields.text('condition')),
    ...present('dataMapping', mappingIn(fields, complaints)),
    ...present('transform', fields.text('transform')),
    ...present('enabled', fields.flag('enabled')),
  };
  fields.done();
  return dependency;
}

/** `{source path: target path, …}`, or a list of `{from, to}`. */
function mappingIn(fields: Fields, complaints: Complaints): { from: string; to: string }[] | undefined {
  return fields.each('dataMapping')?.map(({ value, at, name }) => {
    if (name !== null) {
      if (typeof value !== 'string') complaints.refuse(at, 'must be the path in the target’s input, as text');
      return { from: name, to: String(value) };
    }
    const pair = new Fields(value, at, complaints);
    const mapping = { from: pair.required('from') ?? '', to: pair.required('to') ?? '' };
    pair.done();
    return mapping;
  });
}

/** The settings of the whole graph, wherever the file has them. */
function coordinationIn(file: Fields, complaints: Complaints) {
  const block = file.inside('coordination');
  const errors = file.inside('errorHandling');
  const once = <Value>(path: string, first: Value | undefined, second: Value | undefined) => {
    if (first !== undefined && second !== undefined && first !== second)
      complaints.refuse(
        ['coordination', path],
        'says something else than the file does outside `coordination`',
      );
    return first ?? second;
  };
  const policy = once(
    'policy',
    file.word(POLICIES, 'coordinationPolicy', 'policy'),
    block?.word(POLICIES, 'policy', 'coordinationPolicy'),
  );
  const maxRetries = once('maxRetries', errors?.integer('maxRetries'), block?.integer('maxRetries'));
  const delay = ['retryDelay', 'retryDelayMs'];
  const retryDelayMs = once('retryDelay', errors?.integer(...delay), block?.integer(...delay));
  const settings = {
    ...present('policy', policy),
    ...present('maxRetries', maxRetries),
    ...present('retryDelayMs', retryDelayMs),
    ...present('maxParallelThreads', block?.integer('maxParallelThreads')),
    ...present('threadTimeoutSeconds', block?.integer('timeout', 'threadTimeoutSeconds', 'timeoutSeconds')),
    retries: block?.flag('enableRetry') ?? true,
    enabled: block?.flag('enabled') ?? true,
  };
  block?.done();
  errors?.done();
  return settings;
}

function datasetsIn(file: Fields, complaints: Complaints): Map<string, { file: string; at: Path }> {
  const datasets = new Map<string, { file: string; at: Path }>();
  for (const { value, at, name } of file.each('datasets') ?? []) {
    if (name === null || typeof value !== 'string') complaints.refuse(at, 'must be `name: path of the file`');
    else datasets.set(name, { file: value, at });
  }
  return datasets;
}

/** A field that is there, or nothing at all: the API's own default then holds. */
const present = <Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]?: NonNullable<Value> } =>
  (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: NonNullable<Value> };
