import type { Jobs } from '../jobs/index.ts';
import type { Datasets } from './datasets.ts';
import type { Conversation, Session, Sessions } from './sessions.ts';
import type { Viewer } from './viewer.ts';

/** Jobs, and messages of one conversation, that one export holds: the newest. */
const MOST = 1_000;
const CONVERSATIONS: Conversation[] = ['CHAT', 'SCENARIO', 'WATCH'];

interface Needs {
  sessions: Sessions;
  datasets: Datasets;
  jobs: Jobs;
}

/** Writes a session down whole: its settings, conversations, datasets, and jobs with what they answered. */
export class SessionExport {
  readonly #needs: Needs;

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Plain JSON; instants are RFC 3339. Files stay where they are. */
  async write(viewer: Viewer, session: Session): Promise<Record<string, unknown>> {
    const { sessions, datasets, jobs } = this.#needs;
    const { owner: _, ...settings } = session;
    const histories = await Promise.all(
      CONVERSATIONS.map(async (kind) => [kind, await sessions.history(session, kind, MOST)] as const),
    );
    const page = await jobs.list(viewer.owner, { sessionId: session.id }, MOST);
    const written: unknown[] = [];
    for (const { owner: _owner, number: _number, lane: _lane, ...job } of page.jobs.reverse())
      written.push({ ...job, output: await jobs.output(job) });

    const document = {
      ...settings,
      history: Object.fromEntries(histories),
      datasets: (await datasets.inSession(session.id)).map(
        ({ owner: _owner, storageKey: _key, ...dataset }) => dataset,
      ),
      jobs: written,
    };
    return JSON.parse(JSON.stringify(document)) as Record<string, unknown>;
  }
}
