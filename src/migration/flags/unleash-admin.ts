import { UpstreamError } from '../../errors.ts';
import { isGeneral, percentageOf, type Strategy, strategyFor } from './toggles.ts';
import type { Split } from './types.ts';

/** One call; a change takes a handful. */
const CALL_TIMEOUT_MS = 5_000;
const SERVICE = 'Unleash';
/** What of a refusal is passed on. */
const SAID_CHARACTERS = 300;

export interface UnleashAdminSettings {
  /** Ends in `/api`. */
  url: string;
  /** Absent: flags are read, never changed. */
  adminToken?: string | undefined;
  environment: string;
  project: string;
}

/** What a flag server has been told of a feature. */
export interface Told {
  enabled: boolean;
  /** 0 to 100, whole. The server itself takes anything. */
  rolloutPercentage: number;
}

interface StoredStrategy extends Strategy {
  id: string;
}

interface StoredFeature {
  environments: readonly { name: string; enabled: boolean; strategies?: readonly StoredStrategy[] }[];
}

const NOWHERE: StoredFeature = { environments: [] };

/** Changes flags on the server. Every method throws an UpstreamError where the server fails or refuses. */
export class UnleashAdmin {
  readonly #settings: UnleashAdminSettings;

  constructor(settings: UnleashAdminSettings) {
    this.#settings = settings;
  }

  /** Null where the server does not have the flag. */
  async read(toggle: string): Promise<Told | null> {
    const feature = await this.#find(toggle);
    if (!feature) return null;
    const { enabled, strategies } = this.#environmentOf(feature);
    return { enabled, rolloutPercentage: percentageOf({ strategies }) };
  }

  /**
   * Sets a flag, made where it is missing. Strategies that divide all sessions give way to one of ours; those that
   * pick out somebody's own, by constraint or by name, stay. At no moment does it let in sessions that it let in
   * neither before nor after: what cannot be changed in one step is switched off meanwhile.
   */
  async write(toggle: string, { enabled, rolloutPercentage }: Told, split: Split): Promise<void> {
    if (split === 'md5Rollout') await this.#defineMd5Rollout();
    if (!(await this.#find(toggle))) await this.#create(toggle);
    const { strategies = [] } = this.#environmentOf((await this.#find(toggle)) ?? NOWHERE);
    const general = strategies.filter(isGeneral);
    const ours = general.find(({ name }) => name === split);
    const others = general.filter((strategy) => strategy !== ours);
    const path = `${this.#environmentPath(toggle)}/strategies`;

    if (!enabled || others.length > 0) await this.#toggle(toggle, 'off');
    const wanted = { ...strategyFor(toggle, split, rolloutPercentage), disabled: false };
    if (ours) await this.#call('PUT', `${path}/${encodeURIComponent(ours.id)}`, wanted);
    else await this.#call('POST', path, wanted);
    for (const { id } of others) await this.#call('DELETE', `${path}/${encodeURIComponent(id)}`);
    if (enabled) await this.#toggle(toggle, 'on');
  }

  /** False where the server does not have the flag, so that there is nothing to switch off. */
  async switchOff(toggle: string): Promise<boolean> {
    const answer = await this.#ask('POST', `${this.#environmentPath(toggle)}/off`);
    if (answer.status !== 404) await this.#demandOk(answer);
    await answer.body?.cancel();
    return answer.ok;
  }

  async #find(toggle: string): Promise<StoredFeature | null> {
    const answer = await this.#ask('GET', this.#featurePath(toggle));
    if (answer.status === 404) {
      await answer.body?.cancel();
      return null;
    }
    await this.#demandOk(answer);
    try {
      return (await answer.json()) as StoredFeature;
    } catch (error) {
      throw new UpstreamError(SERVICE, 'Unleash answered with something that is no JSON.', true, {
        cause: error,
      });
    }
  }

  async #create(toggle: string): Promise<void> {
    const { project } = this.#settings;
    await this.#make(`/projects/${encodeURIComponent(project)}/features`, {
      name: toggle,
      type: 'release',
      description: 'The share of sessions that get the new service. Changed by Signalbox.',
      impressionData: false,
    });
  }

  /** The server keeps custom strategies by name and parameters; what they mean only clients know. */
  async #defineMd5Rollout(): Promise<void> {
    await this.#make('/strategies', {
      name: 'md5Rollout',
      description: 'The legacy division of sessions: md5(sessionId) % 100 < percentage.',
      parameters: [
        { name: 'percentage', type: 'percentage', description: 'Share of all sessions.', required: true },
      ],
    });
  }

  /** What is there already, perhaps made by somebody else in the same moment, is as good. */
  async #make(path: string, body: unknown): Promise<void> {
    const answer = await this.#ask('POST', path, body);
    if (answer.status !== 409) await this.#demandOk(answer);
    await answer.body?.cancel();
  }

  async #toggle(toggle: string, to: 'on' | 'off'): Promise<void> {
    await this.#call('POST', `${this.#environmentPath(toggle)}/${to}`);
  }

  #environmentOf({ environments }: StoredFeature): StoredFeature['environments'][number] {
    const { environment } = this.#settings;
    const found = environments.find(({ name }) => name === environment);
    if (!found)
      throw new UpstreamError(
        SERVICE,
        `Unleash has no environment named ${JSON.stringify(environment)} in this project.`,
        false,
      );
    return found;
  }

  #featurePath(toggle: string): string {
    return `/projects/${encodeURIComponent(this.#settings.project)}/features/${encodeURIComponent(toggle)}`;
  }

  #environmentPath(toggle: string): string {
    return `${this.#featurePath(toggle)}/environments/${encodeURIComponent(this.#settings.environment)}`;
  }

  async #call(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.#ask(method, path, body);
    await this.#demandOk(answer);
    await answer.body?.cancel();
  }

  async #ask(method: string, path: string, body?: unknown): Promise<Response> {
    const { url, adminToken } = this.#settings;
    if (!adminToken)
      throw new UpstreamError(
        SERVICE,
        'Flags cannot be changed in Unleash without UNLEASH_ADMIN_TOKEN.',
        false,
      );
    try {
      return await fetch(`${url}/admin${path}`, {
        method,
        headers: {
          authorization: adminToken,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
    } catch (error) {
      throw new UpstreamError(SERVICE, 'Unleash does not answer.', true, { cause: error });
    }
  }

  async #demandOk(answer: Response): Promise<void> {
    if (answer.ok) return;
    const { status } = answer;
    const said = await answer.text().catch(() => '');
    throw new UpstreamError(
      SERVICE,
      `Unleash answered ${status}: ${messageIn(said)}`,
      status >= 500 || status === 429 || status === 408,
    );
  }
}

function messageIn(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message.slice(0, SAID_CHARACTERS);
  } catch {
    // Not every refusal is JSON; its text will do.
  }
  return body.slice(0, SAID_CHARACTERS) || 'nothing more';
}
