import DataLoader from 'dataloader';
import type { Job, JobEvent, JobFilter, JobPage, PageWanted } from '../jobs/index.ts';
import type { GoldenRegression, Migration, MigrationTask, ShadowComparison } from '../migration/index.ts';
import type {
  AnalysisResult,
  Dataset,
  DependencyGraph,
  Message,
  Recent,
  Services,
  ServiceVersion,
  Session,
  ThreadRun,
  Viewer,
  WorkflowSummary,
} from '../services/index.ts';

/** What the gateway says of itself. */
export interface About {
  version: string;
  startedAt: Date;
  now: () => Date;
  store: { kind: string; version: () => Promise<string>; schemaVersion: string };
}

/** What a resolver has at hand. */
export interface Context extends Services, Migration {
  viewer: Viewer;
  about: About;
  /** Fires when the operation's client is gone. */
  signal: AbortSignal;
  /** Things by id, those of one turn in one query. Null: not there, or not the viewer's. */
  load: Loaders;
}

interface Loaders {
  job: Load<string, Job | null> & { peek(id: string): Job | undefined };
  /** As it is now: an event says that it has changed. */
  changedJob: Load<string, Job | null>;
  session: Load<string, Session | null>;
  /** The same, and looking at it is using it. */
  visitedSession: Load<string, Session | null>;
  history: Load<Recent, Message[]>;
  exported: Load<Session, Record<string, unknown>>;
  dataset: Load<string, Dataset | null>;
  graph: Load<string, DependencyGraph | null>;
  comparison: Load<string, ShadowComparison | null>;
  task: Load<string, MigrationTask | null>;
  /** Pages of the viewer's jobs, and how many there are. */
  jobs: Load<PageWanted, JobPage>;
  jobCount: Load<JobFilter, number>;
  /** Pages of logs. */
  events: Load<{ jobId: string; after: number; first: number }, JobEvent[]>;
  /** What came of jobs, by their kinds. */
  result: Load<Job, AnalysisResult | null>;
  response: Load<Job, string | null>;
  reply: Load<Job, string | null>;
  served: Load<Job, { servedBy: ServiceVersion; fellBack: boolean } | null>;
  regressions: Load<Job, GoldenRegression[]>;
  summary: Load<Job, WorkflowSummary | null>;
  threads: Load<Job, ThreadRun[]>;
  /** What threads were given and gave. */
  threadInput: Load<ThreadRun, unknown>;
  threadOutput: Load<ThreadRun, unknown>;
}

interface Load<Key, Thing> {
  load(key: Key): Promise<Thing>;
}

/** Who asks. */
interface Caller {
  viewer: Viewer;
  signal: AbortSignal;
}

/** A context, with what no other one has. */
interface Own extends Context {
  caller: Caller;
  loaders: Loaders | undefined;
}

/**
 * Makes contexts. What they share stands in their prototype: to copy it for each of them would be a good part of what a
 * small query costs.
 */
export function contextsOver(services: Services & Migration, about: About): (caller: Caller) => Context {
  const shared: ThisType<Own> = {
    ...services,
    about,
    // Many operations need neither.
    get signal() {
      return this.caller.signal;
    },
    get load() {
      this.loaders ??= loadersFor(services, this.caller);
      return this.loaders;
    },
  };
  return (caller) => {
    const own: Own = Object.create(shared);
    own.caller = caller;
    own.viewer = caller.viewer;
    own.loaders = undefined;
    return own;
  };
}

function loadersFor(
  everything: Services & Migration,
  caller: { viewer: Viewer; signal: AbortSignal },
): Loaders {
  const { jobs, sessions, sessionExport, memory, datasets, workflows, shadow, tasks } = everything;
  const { analyses, backgroundTasks, chatTurns, golden } = everything;
  const { viewer } = caller;
  const { owner } = viewer;
  return {
    job: {
      ...gathering(async (ids: readonly string[]) => inOrder(ids, await jobs.findMany(owner, ids))),
      peek: (id) => jobs.peek(owner, id),
    },
    changedJob: gathering(async (ids) => inOrder(ids, await jobs.readMany(owner, ids))),
    session: gathering(async (ids) => inOrder(ids, await sessions.findMany(viewer, ids))),
    visitedSession: gathering(async (ids) => inOrder(ids, await sessions.visit(viewer, ids))),
    history: gathering(once((wanted) => memory.recentOfMany(wanted, caller.signal), EVERYTHING)),
    exported: gathering(once((wanted) => sessionExport.write(viewer, wanted, caller.signal), EVERYTHING)),
    dataset: gathering(async (ids) => inOrder(ids, await datasets.findMany(viewer, ids))),
    graph: gathering(async (ids) => inOrder(ids, await workflows.findMany(viewer, ids))),
    comparison: gathering(async (ids) => inOrder(ids, await shadow.find(owner, ids))),
    task: gathering(async (ids) => inOrder(ids, await tasks.findMany(ids))),
    jobs: gathering(once((pages) => jobs.listMany(owner, pages))),
    jobCount: gathering(once((filters) => jobs.countMany(owner, filters))),
    events: gathering((ranges) => jobs.eventsOfMany(ranges)),
    result: gathering((done) => analyses.results(done)),
    response: gathering((done) => backgroundTasks.responses(done)),
    reply: gathering((turns) => chatTurns.replies(turns)),
    served: gathering((turns) => chatTurns.served(turns)),
    regressions: gathering((runs) => golden.regressions(runs)),
    summary: gathering((runs) => workflows.reader.summaries(runs)),
    threads: gathering((runs) => workflows.reader.threads(runs)),
    threadInput: gathering((threads) => workflows.reader.inputs(threads)),
    threadOutput: gathering((threads) => workflows.reader.outputs(threads)),
  };
}

/** Made when the first thing is asked for. */
function gathering<Key, Thing>(
  loadAll: (keys: readonly Key[]) => PromiseLike<ArrayLike<Thing | Error>>,
): Load<Key, Thing> {
  let loader: DataLoader<Key, Thing> | undefined;
  return {
    load(key) {
      loader ??= new DataLoader(loadAll, UNCACHED);
      return loader.load(key);
    },
  };
}

/** A subscription's context lives long, and what it loads changes meanwhile: gather, but keep nothing. */
const UNCACHED = { cache: false, maxBatchSize: 500 };

/** Each has a part of its own in the statement, with a dozen parameters. */
const PAGES_AT_ONCE = 50;
const EVERYTHING = Number.POSITIVE_INFINITY;

/** Asks once, in few statements, for what is asked for several times, as the jobs of a session that many things name. */
function once<Key, Thing>(
  loadAll: (keys: readonly Key[]) => Promise<Thing[]>,
  atOnce: number = PAGES_AT_ONCE,
): (keys: readonly Key[]) => Promise<Thing[]> {
  return async (keys) => {
    const names = keys.map((key) => JSON.stringify(key));
    const distinct = new Map(names.map((name, place) => [name, keys[place]!]));
    const asked = [...distinct.values()];
    const things: Thing[] = [];
    while (asked.length > 0) things.push(...(await loadAll(asked.splice(0, atOnce))));
    const byName = new Map([...distinct.keys()].map((name, place) => [name, things[place]!]));
    return names.map((name) => byName.get(name)!);
  };
}

function inOrder<Thing extends { id: string }>(ids: readonly string[], things: Thing[]): (Thing | null)[] {
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  return ids.map((id) => byId.get(id) ?? null);
}
