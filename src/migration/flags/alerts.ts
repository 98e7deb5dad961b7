import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { FeatureName } from '../../services/chat/types.ts';

const TIMEOUT_MS = 5_000;
/** Before the second attempt, the third and the last. */
const PAUSES_MS = [500, 2_000, 8_000];

export interface RollbackAlert {
  features: readonly FeatureName[];
  reason: string;
  at: Date;
}

interface Needs {
  /** May hold a secret in its path; it is never logged. Absent: nobody is told. */
  url: string | undefined;
  log: Logger;
  pausesMs?: readonly number[];
}

/** Tells a webhook of rollbacks, without keeping anybody waiting. */
export class Alerts {
  readonly #needs: Needs;
  readonly #underWay = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** Posts the alert, several times if need be. Returns at once and never throws. */
  rolledBack(alert: RollbackAlert): void {
    const { url } = this.#needs;
    if (!url) return;
    const sending = this.#send(url, alert).finally(() => this.#underWay.delete(sending));
    this.#underWay.add(sending);
  }

  /** Lets what is being sent arrive, and tries nothing again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
  }

  async #send(url: string, { features, reason, at }: RollbackAlert): Promise<void> {
    const { log, pausesMs = PAUSES_MS } = this.#needs;
    // Chats that take webhooks show `text`.
    const text = `Rolled back to the legacy service: ${features.join(', ')}. ${reason}`;
    const body = JSON.stringify({ event: 'rollback', features, reason, at: at.toISOString(), text });
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await post(url, body);
      } catch (error) {
        const pause = pausesMs[attempt];
        if (pause === undefined || this.#closing.signal.aborted) {
          log.error({ err: error, features }, 'nobody could be told of a rollback');
          return;
        }
        log.warn({ err: error, features }, 'the alert of a rollback did not arrive; trying again');
        await delay(pause, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    }
  }
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
}
