import { type Evaluation, openClient, type UnleashClientSettings } from './unleash.ts';

const REFRESH_MS = 5_000;
/** A process that starts waits so long for its first answer; until it comes, the legacy services serve. */
const FIRST_ANSWER_MS = 5_000;
/** Between two tries with a token that was refused: at first as long as between two questions, and so much longer at last. */
const LONGEST_PAUSE = 12;

interface ServerEvents {
  /** What the server says has changed. */
  onChange: () => void;
  onTrouble: (error: unknown) => void;
  /** The token is not taken. Comes once, however often it is tried. */
  onRefused: (error: unknown) => void;
  /** It is taken again. */
  onAccepted: () => void;
}

/**
 * Asks a flag server for as long as the process runs, and evaluates what it said last; while it is away, or refuses
 * the token, that stands. The official client stops for good where it is refused: another one is tried then, and takes
 * its place with its first answer.
 */
export class ServerEvaluation implements Evaluation {
  readonly source = 'UNLEASH';
  readonly #settings: UnleashClientSettings;
  readonly #events: ServerEvents;
  readonly #refreshMs: number;
  readonly #told = Promise.withResolvers<void>();
  #current: Evaluation;
  #trying: Evaluation | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs: number;
  #refused = false;
  #stopped = false;

  constructor(settings: UnleashClientSettings, events: ServerEvents) {
    const { refreshMs = REFRESH_MS } = settings;
    this.#settings = { ...settings, refreshMs };
    this.#events = events;
    this.#refreshMs = refreshMs;
    this.#pauseMs = refreshMs;
    this.#current = this.#open();
  }

  /** Resolves with the first answer, a refusal included, or when it had its time. */
  async first(): Promise<void> {
    const timer = setTimeout(this.#told.resolve, FIRST_ANSWER_MS);
    await this.#told.promise;
    clearTimeout(timer);
  }

  get answered(): boolean {
    return this.#current.answered;
  }

  get refused(): boolean {
    return this.#refused;
  }

  toggle(name: string): ReturnType<Evaluation['toggle']> {
    return this.#current.toggle(name);
  }

  isOn(name: string, sessionId: string): boolean {
    return this.#current.isOn(name, sessionId);
  }

  isInShare(name: string, sessionId: string): boolean {
    return this.#current.isInShare(name, sessionId);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#trying?.stop();
    this.#current.stop();
    this.#told.resolve();
  }

  #open(): Evaluation {
    const { onChange, onTrouble } = this.#events;
    const client = openClient(this.#settings, {
      onAnswer: () => this.#answer(client),
      onChange: () => client === this.#current && onChange(),
      onTrouble,
      onRefused: (error) => this.#refuse(client, error),
    });
    return client;
  }

  #answer(client: Evaluation): void {
    if (this.#stopped) return;
    this.#told.resolve();
    if (client !== this.#trying) return;
    this.#trying = undefined;
    this.#current.stop();
    this.#current = client;
    this.#refused = false;
    this.#pauseMs = this.#refreshMs;
    this.#events.onAccepted();
    this.#events.onChange();
  }

  #refuse(client: Evaluation, error: unknown): void {
    if (this.#stopped) return;
    if (client === this.#trying) client.stop();
    this.#told.resolve();
    if (!this.#refused) this.#events.onRefused(error);
    this.#refused = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#trying = this.#open();
    }, this.#pauseMs).unref();
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE * this.#refreshMs);
  }
}
