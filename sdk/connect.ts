import { Following, type Leaving } from './following.ts';
import {
  AnalysisDocument,
  BackgroundTaskDocument,
  CancelJobDocument,
  ChatTurnDocument,
  CloseSessionDocument,
  type CloseSessionInput,
  type ConversationKind,
  CreateSessionDocument,
  type CreateSessionInput,
  DefineDependenciesDocument,
  type DefineDependenciesInput,
  DeleteJobDocument,
  DependencyGraphDocument,
  DiagnosticsDocument,
  HistoryDocument,
  JobDocument,
  type JobFilter,
  JobsDocument,
  ResolveThreadFailureDocument,
  type ResolveThreadFailureInput,
  ScenariosDocument,
  SendMessageDocument,
  type SendMessageInput,
  SessionDocument,
  StartAnalysisDocument,
  type StartAnalysisInput,
  StartBackgroundTaskDocument,
  type StartBackgroundTaskInput,
  StartWatchDocument,
  type StartWatchInput,
  StartWorkflowDocument,
  type StartWorkflowInput,
  type TypedDocumentString,
  UpdateSessionDocument,
  type UpdateSessionInput,
  UploadDatasetDocument,
  WorkflowDocument,
} from './generated/graphql.ts';
import { Http, type Waiting } from './http.ts';
import { Migration } from './migration.ts';
import { defaultRetry, type Retry } from './resuming.ts';
import { Subscriptions } from './subscriptions.ts';
import { WebSockets } from './websocket.ts';

export interface ConnectOptions {
  /** Sent as `Authorization: Bearer …`. */
  token?: string | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
  fetch?: typeof fetch | undefined;
  /** A constructor, where the platform has none of its own. */
  WebSocket?: unknown;
  /**
   * How subscriptions travel. Server-sent events by default: they pass every proxy that HTTP passes. A browser opens
   * six of them to one HTTP/1.1 host; over a WebSocket there may be a hundred.
   */
  transport?: 'sse' | 'websocket' | undefined;
  /** Longest wait for an answer; 30 s by default. */
  timeoutMs?: number | undefined;
  retry?: Partial<Retry> | undefined;
}

const TIMEOUT_MS = 30_000;
/** The gateway answers after this, whether the reply is there or not. */
const REPLY_WAIT_MS = 120_000;
/** The gateway itself waits five minutes for a file. */
const UPLOAD_TIMEOUT_MS = 310_000;

/**
 * @param url Of the GraphQL endpoint; in a browser it may be relative.
 * @example const signalbox = connect('http://127.0.0.1:4000/graphql');
 */
export function connect(url: string, options: ConnectOptions = {}): Signalbox {
  return new Signalbox(url, options);
}

/** A gateway, as its clients see it. Expected failures are data: see `unwrap`. */
export class Signalbox {
  /** For operators: flags, reports, rollouts, and the way back. */
  readonly migration: Migration;
  readonly #http: Http;
  readonly #following: Following;

  constructor(url: string, options: ConnectOptions) {
    const { token, WebSocket, transport = 'sse', timeoutMs = TIMEOUT_MS, retry } = options;
    const here = (globalThis as { location?: { href: string } }).location?.href;
    const endpoint = new URL(url, here).href;
    const headers = { ...options.headers, ...(token && { authorization: `Bearer ${token}` }) };
    this.#http = new Http({ url: endpoint, headers, fetch: options.fetch ?? globalThis.fetch, timeoutMs });
    const subscriptions = new Subscriptions({
      http: this.#http,
      webSockets: new WebSockets({ url: endpoint, headers, WebSocket }),
      transport,
      retry: { ...defaultRetry, ...retry },
    });
    this.#following = new Following(subscriptions);
    this.migration = new Migration((...asked) => this.query(...asked), subscriptions);
  }

  /**
   * Any query or mutation. With a document from graphql-codegen (`documentMode: string`) the answer is typed; files among
   * the variables travel as multipart.
   *
   * @throws {SignalboxError}
   */
  query<R, V extends object>(
    document: TypedDocumentString<R, V>,
    variables: V,
    waiting?: Waiting,
  ): Promise<R>;
  query(document: string, variables?: object, waiting?: Waiting): Promise<unknown>;
  query(document: { toString(): string }, variables: object = {}, waiting: Waiting = {}): Promise<unknown> {
    return this.#http.ask(document.toString(), variables, waiting);
  }

  async createSession(input: CreateSessionInput = {}, waiting?: Waiting) {
    return (await this.query(CreateSessionDocument, { input }, waiting)).createSession;
  }

  async updateSession(input: UpdateSessionInput, waiting?: Waiting) {
    return (await this.query(UpdateSessionDocument, { input }, waiting)).updateSession;
  }

  /** Null where it is not there, or belongs to somebody else. */
  async session(id: string, waiting?: Waiting) {
    return (await this.query(SessionDocument, { id }, waiting)).session;
  }

  /** Cancels what still runs, waits for it, and deletes the session with all that it owns. */
  async closeSession(id: string, options: Omit<CloseSessionInput, 'id'> = {}, waiting?: Waiting) {
    const timeoutMs = TIMEOUT_MS + (options.waitSeconds ?? 1) * 1_000;
    const { closeSession } = await this.query(
      CloseSessionDocument,
      { input: { id, ...options } },
      { timeoutMs, ...waiting },
    );
    return closeSession;
  }

  /** @param name Instead of the file's own; a Blob has none. */
  async uploadDataset(sessionId: string, file: Blob, name?: string, waiting?: Waiting) {
    const input = { sessionId, file, ...(name !== undefined && { name }) };
    const { uploadDataset } = await this.query(
      UploadDatasetDocument,
      { input },
      { timeoutMs: UPLOAD_TIMEOUT_MS, ...waiting },
    );
    return uploadDataset;
  }

  async startAnalysis(input: StartAnalysisInput, waiting?: Waiting) {
    return (await this.query(StartAnalysisDocument, { input }, waiting)).startAnalysis;
  }

  /** Says something, and waits for the reply unless `wait` is false; then follow its stream `reply`. */
  async sendMessage(input: SendMessageInput, waiting?: Waiting) {
    const timeoutMs = TIMEOUT_MS + REPLY_WAIT_MS;
    return (await this.query(SendMessageDocument, { input }, { timeoutMs, ...waiting })).sendMessage;
  }

  /** A turn with its reply; null where the id is of nothing, or of another kind of job. */
  async chatTurn(id: string, waiting?: Waiting) {
    const { job } = await this.query(ChatTurnDocument, { id }, waiting);
    return job?.__typename === 'ChatTurn' ? job : null;
  }

  /** The newest messages of a conversation, oldest first; null where the session is not there. */
  async history(sessionId: string, kind: ConversationKind = 'CHAT', last = 50, waiting?: Waiting) {
    return (
      (await this.query(HistoryDocument, { id: sessionId, kind, last }, waiting)).session?.history ?? null
    );
  }

  async scenarios(waiting?: Waiting) {
    return (await this.query(ScenariosDocument, {}, waiting)).scenarios;
  }

  /** Has two personas talk; follow them, each in the stream of its name. */
  async startWatch(input: StartWatchInput, waiting?: Waiting) {
    return (await this.query(StartWatchDocument, { input }, waiting)).startWatch;
  }

  /** Checks a graph of threads, and keeps it. */
  async defineDependencies(input: DefineDependenciesInput, waiting?: Waiting) {
    return (await this.query(DefineDependenciesDocument, { input }, waiting)).defineDependencies;
  }

  async dependencyGraph(id: string, waiting?: Waiting) {
    return (await this.query(DependencyGraphDocument, { id }, waiting)).dependencyGraph;
  }

  /** Runs a graph; follow it, or ask for `workflow` when it is over. */
  async startWorkflow(input: StartWorkflowInput, waiting?: Waiting) {
    return (await this.query(StartWorkflowDocument, { input }, waiting)).startWorkflow;
  }

  /** A run with its threads; null where the id is of nothing, or of another kind of job. */
  async workflow(id: string, waiting?: Waiting) {
    const { job } = await this.query(WorkflowDocument, { id }, waiting);
    return job?.__typename === 'WorkflowJob' ? job : null;
  }

  /** Decides what becomes of a thread that is WAITING. */
  async resolveThreadFailure(input: ResolveThreadFailureInput, waiting?: Waiting) {
    return (await this.query(ResolveThreadFailureDocument, { input }, waiting)).resolveThreadFailure;
  }

  /** A job's newest state; null where it is not there, or belongs to somebody else. */
  async job(id: string, waiting?: Waiting) {
    return (await this.query(JobDocument, { id }, waiting)).job;
  }

  /** Starts a task that a model may think about for long; follow it, or ask for `backgroundTask` when it is over. */
  async startBackgroundTask(input: StartBackgroundTaskInput, waiting?: Waiting) {
    return (await this.query(StartBackgroundTaskDocument, { input }, waiting)).startBackgroundTask;
  }

  /** A background task with its response; null where the id is of nothing, or of another kind of job. */
  async backgroundTask(id: string, waiting?: Waiting) {
    const { job } = await this.query(BackgroundTaskDocument, { id }, waiting);
    return job?.__typename === 'BackgroundTask' ? job : null;
  }

  /** An analysis with its result; null where the id is of nothing, or of another kind of job. */
  async analysis(id: string, waiting?: Waiting) {
    const { job } = await this.query(AnalysisDocument, { id }, waiting);
    return job?.__typename === 'AnalysisJob' ? job : null;
  }

  /** A page of the caller's jobs, the newest first. */
  async jobs(filter: JobFilter = {}, page: { first?: number; after?: string } = {}, waiting?: Waiting) {
    const { first = 20, after = null } = page;
    return (await this.query(JobsDocument, { filter, first, after }, waiting)).jobs;
  }

  /** Idempotent: a job that is over comes back as it is. */
  async cancel(id: string, waiting?: Waiting) {
    return (await this.query(CancelJobDocument, { id }, waiting)).cancelJob;
  }

  /** Deletes a job that is over, with its log. */
  async deleteJob(id: string, waiting?: Waiting) {
    return (await this.query(DeleteJobDocument, { id }, waiting)).deleteJob;
  }

  async diagnostics(waiting?: Waiting) {
    return (await this.query(DiagnosticsDocument, {}, waiting)).diagnostics;
  }

  /**
   * Each event of a job once and in order, until JobFinished, over however many connections that takes.
   *
   * @param after seq of the last event that was seen.
   * @throws {SignalboxError} NOT_FOUND, and what else does not pass.
   */
  follow(jobId: string, { after = 0, signal }: Leaving & { after?: number | undefined } = {}) {
    return this.#following.events(jobId, after, signal);
  }

  /** @param stream As `report`. */
  text(jobId: string, stream: string, { signal }: Leaving = {}) {
    return this.#following.text(jobId, stream, signal);
  }

  /**
   * The caller's jobs as they change, newest state only: first those that match now. After a lost connection those
   * come again.
   */
  changes(filter: JobFilter = {}, { signal }: Leaving = {}) {
    return this.#following.changes(filter, signal);
  }
}
