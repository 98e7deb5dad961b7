import { InvalidInputError, UpstreamError } from '../../errors.ts';
import type { Job } from '../../jobs/index.ts';
import type { Trx } from '../../store/index.ts';
import { type Idempotent, keyed } from '../idempotency.ts';
import { InputCheck } from '../input.ts';
import type { ConversationKind } from '../memory/index.ts';
import { scenarioInstructions } from '../scenarios/index.ts';
import type { Session } from '../sessions.ts';
import type { Viewer } from '../viewer.ts';
import type { Conversing } from './conversing.ts';
import { CHAT_TURN, REPLY, TURN_TEXTS, type TurnInput, type TurnOutput } from './turn.ts';

/** A caller that waits longer than this gets the turn as it stands then, and can follow it. */
const LONGEST_WAIT_MS = 120_000;

export interface SendMessage extends Idempotent {
  sessionId: string;
  message: string;
  conversation: ConversationKind;
  model?: string | null | undefined;
  wait: boolean;
}

type Served = Pick<TurnOutput, 'servedBy' | 'fellBack'>;

/** Conversations: one message and its reply after the other. */
export class ChatTurns {
  readonly #needs: Conversing;

  constructor(needs: Conversing) {
    this.#needs = needs;
  }

  /**
   * Accepts a message; the turns of a session run one at a time, in the order in which they were accepted. A model
   * that is named becomes the session's.
   *
   * @param signal The caller is gone: waits no more. The turn goes on.
   * @throws {InvalidInputError | NotFoundError | IdempotencyConflictError | RateLimitedError}
   * @throws {UpstreamError} The caller waits, and the turn FAILED.
   */
  async send(viewer: Viewer, request: SendMessage, signal: AbortSignal): Promise<Job> {
    const { db } = this.#needs;
    new InputCheck()
      .texts(TURN_TEXTS, request)
      .require(
        request.conversation !== 'WATCH',
        'conversation',
        'must be CHAT or SCENARIO; startWatch starts a WATCH',
      )
      .done();

    const job = await db.transaction().execute((trx) => this.#accept(trx, viewer, request));
    this.#needs.jobs.offer(job);
    return request.wait ? this.#finished(viewer, job, signal) : job;
  }

  /** The reply of each turn, or what there is of it. Null before its first piece. */
  replies(turns: readonly Job[]): Promise<(string | null)[]> {
    return this.#each(
      turns,
      (output) => output.reply,
      async (unfinished) => {
        const texts = await this.#needs.jobs.streamed(unfinished, REPLY);
        return texts.map((text) => text || null);
      },
    );
  }

  /** Which service answers, or answered, each turn; null before one does. */
  served(turns: readonly Job[]): Promise<(Served | null)[]> {
    return this.#each<Served>(
      turns,
      (output) => output,
      (unfinished) => this.#needs.jobs.last(unfinished, 'ReplyServed'),
    );
  }

  async #accept(trx: Trx, viewer: Viewer, request: SendMessage): Promise<Job> {
    const { jobs, sessions, defaultModel } = this.#needs;
    const { sessionId, message, conversation, idempotencyKey } = request;
    const session = await sessions.use(trx, viewer, sessionId);
    const model = request.model ?? session.chatModel ?? defaultModel;
    const scenario = conversation === 'SCENARIO' ? this.#scenarioOf(session) : null;
    const input: TurnInput = {
      conversation: conversation === 'SCENARIO' ? 'SCENARIO' : 'CHAT',
      message,
      model,
      scenario,
    };
    const job = await jobs.start(trx, {
      kind: CHAT_TURN,
      owner: viewer.owner,
      sessionId,
      input,
      onBusy: 'ENQUEUE',
      offered: true,
      ...keyed('sendMessage', idempotencyKey, {
        sessionId,
        message,
        conversation,
        model: request.model ?? null,
      }),
    });
    // Where it was accepted before, what was chosen since stays, and it has a scenario of its own. One that is new is
    // taken back with the transaction.
    if (!jobs.isNew(job)) return job;
    if (conversation === 'SCENARIO' && !scenario) throw noScenario(session);
    if (request.model != null && request.model !== session.chatModel)
      await sessions.choose(trx, sessionId, { chatModel: request.model });
    return job;
  }

  #scenarioOf({ currentScenario }: Session): TurnInput['scenario'] {
    const scenario = currentScenario === null ? null : this.#needs.scenarios.find(currentScenario);
    if (!scenario) return null;
    const { id, opening } = scenario;
    return { id, opening, instructions: scenarioInstructions(scenario) };
  }

  async #finished(viewer: Viewer, job: Job, signal: AbortSignal): Promise<Job> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_WAIT_MS)]);
    const ended = await this.#needs.jobs.finished(viewer.owner, job.id, patience);
    if (ended.status === 'FAILED' && ended.error)
      throw new UpstreamError('chat', ended.error.message, ended.error.retryable);
    return ended;
  }

  /** Of turns that COMPLETED their output tells, of the others their logs. */
  async #each<Told>(
    turns: readonly Job[],
    ofOutput: (output: TurnOutput) => Told,
    ofLogs: (turns: readonly Job[]) => Promise<(Told | null)[]>,
  ): Promise<(Told | null)[]> {
    const others = turns.filter(({ status }) => status !== 'COMPLETED');
    const [outputs, told] = await Promise.all([
      this.#needs.jobs.outputs(turns) as Promise<(TurnOutput | null)[]>,
      others.length > 0 ? ofLogs(others) : [],
    ]);
    const byTurn = new Map(others.map((turn, place) => [turn, told[place] ?? null]));
    return turns.map((turn, place) => {
      const output = outputs[place];
      return output ? ofOutput(output) : (byTurn.get(turn) ?? null);
    });
  }
}

const noScenario = ({ currentScenario }: Session): InvalidInputError =>
  new InvalidInputError([
    {
      path: 'input.conversation',
      message:
        currentScenario === null
          ? 'needs a scenario: choose one with updateSession(currentScenario)'
          : `the session’s scenario ${JSON.stringify(currentScenario)} is not among the scenarios`,
    },
  ]);
