import type { Job, Jobs } from '../jobs/index.ts';
import type { Dataset, Datasets } from './datasets.ts';
import type { ConversationMemory, ExportedMemory } from './memory/index.ts';
import type { Session } from './sessions.ts';
import type { Viewer } from './viewer.ts';
import type { DependencyGraph, Workflows } from './workflows/index.ts';

/** Jobs that one export holds: the newest. */
const MOST = 1_000;

type Document = Record<string, unknown>;

interface Needs {
  memory: ConversationMemory;
  datasets: Datasets;
  workflows: Workflows;
  jobs: Jobs;
}

/** Writes sessions down whole: settings, conversations, graphs, datasets, and jobs with what they answered. */
export class SessionExport {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /**
   * Plain JSON; instants are RFC 3339. Files stay where they are.
   *
   * @returns A document of each session, in their order; in place of one that cannot be read, why.
   */
  async write(
    viewer: Viewer,
    sessions: readonly Session[],
    signal: AbortSignal,
  ): Promise<(Document | Error)[]> {
    const { memory, datasets, workflows, jobs } = this.#needs;
    const ids = sessions.map(({ id }) => id);
    const wanted = ids.map((sessionId) => ({ filter: { sessionId }, first: MOST }));

    const remembered = await memory.exported(ids, signal);
    const pages = await jobs.listMany(viewer.owner, wanted);
    const written = pages.map((page) => page.jobs.reverse());
    const outputs = await jobs.outputs(written.flat());
    const graphs = Map.groupBy(await workflows.inSessions(ids), ({ sessionId }) => sessionId);
    const tables = Map.groupBy(await datasets.inSessions(ids), ({ sessionId }) => sessionId);

    let at = 0;
    return sessions.map((session, place) => {
      const known = remembered[place]!;
      const jobsOf = (written[place] ?? []).map((job) => jobIn(job, outputs[at++]));
      if (known instanceof Error) return known;
      const truncated = [...known.truncated, ...(pages[place]?.hasNextPage ? ['jobs'] : [])];
      return document(
        session,
        { ...known, truncated },
        {
          dependencyGraphs: (graphs.get(session.id) ?? []).map(graphIn),
          datasets: (tables.get(session.id) ?? []).map(datasetIn),
          jobs: jobsOf,
        },
      );
    });
  }
}

const jobIn = (
  { owner: _, number: _number, lane: _lane, subject: _subject, timeoutMs: _timeout, ...job }: Job,
  output: unknown,
) => ({ ...job, output });

const graphIn = ({ sessionId: _, ...graph }: DependencyGraph) => graph;

const datasetIn = ({ owner: _, storageKey: _key, ...dataset }: Dataset) => dataset;

function document(
  { owner: _, ...settings }: Session,
  { history, memory, legacyId, truncated }: Omit<ExportedMemory, 'truncated'> & { truncated: string[] },
  parts: { dependencyGraphs: object[]; datasets: object[]; jobs: object[] },
): Document {
  // `memory`: where the truth of the conversations is, with the legacy application or here.
  const written = { ...settings, legacyId, memory, history, ...parts, truncated };
  return JSON.parse(JSON.stringify(written)) as Document;
}
