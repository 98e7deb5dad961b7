import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect, type Signalbox, unwrap } from '../../sdk/index.ts';
import { GatewayProcess } from '../support/killable-gateway.ts';
import { type Behaviour, delta, done, failing, json, startProvider, streaming } from '../support/provider.ts';

const PER_SECOND = 100;
const SESSIONS = 200;
const MOST_WAITING = 30;

/** Users who come at a rate; a machine that cannot keep up has so many of them waiting, and no more. */
class Users {
  readonly #signalbox: Signalbox;
  readonly #sessions: readonly string[];
  readonly #asked: Promise<void>[] = [];
  readonly replies: { reply: string | null; fellBack: boolean }[] = [];
  readonly failures: unknown[] = [];
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(signalbox: Signalbox, sessions: readonly string[]) {
    this.#signalbox = signalbox;
    this.#sessions = sessions;
  }

  get asked(): number {
    return this.#asked.length;
  }

  come(perSecond: number): void {
    const began = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1_000) * perSecond);
      while (this.#asked.length < due && this.#waiting < MOST_WAITING)
        this.#asked.push(this.#ask(this.#asked.length));
    }, 5);
  }

  async stay(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#asked);
  }

  async #ask(number: number): Promise<void> {
    this.#waiting += 1;
    const sessionId = this.#sessions[number % this.#sessions.length] ?? '';
    try {
      const turn = unwrap(await this.#signalbox.sendMessage({ sessionId, message: `question ${number}` }));
      this.replies.push({ reply: turn.reply ?? null, fellBack: turn.fellBack });
    } catch (error) {
      this.failures.push(error);
    } finally {
      this.#waiting -= 1;
    }
  }
}

const good = streaming([delta('a new reply'), done]);

it('a new service that starts failing under load is left by itself, and no user notices', {
  timeout: 240_000,
}, async () => {
  let broken = false;
  const provide: Behaviour = (...exchange) => (broken ? failing(500) : good)(...exchange);
  await using provider = await startProvider(provide);
  await using legacy = await startProvider(
    json(200, { response: 'a legacy reply', reply: 'a legacy reply' }),
  );
  await using webhook = await startProvider(json(200, {}));
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-rollout-'));
  try {
    await using gateway = await GatewayProcess.start({
      DATA_DIR: folder,
      OPENAI_BASE_URL: provider.url,
      OPENAI_API_KEY: 'key',
      OPENAI_API: 'responses',
      OPENAI_RATE_LIMIT_REQUESTS_PER_SECOND: '10000',
      OPENAI_RATE_LIMIT_BURST: '10000',
      OPENAI_CONCURRENCY: '1000',
      OPENAI_MAX_RETRIES: '0',
      LEGACY_CHAT_URL: legacy.url,
      ALERT_WEBHOOK_URL: webhook.url,
      ROLLOUT_LOOK_SECONDS: '0.5',
      // Longer than the test, so that it is found as it was left.
      BREAKER_PAUSE_SECONDS: '300',
    });
    const signalbox = connect(gateway.url, { timeoutMs: 120_000 });
    const { migration } = signalbox;
    const sessions: string[] = [];
    while (sessions.length < SESSIONS)
      sessions.push(
        ...(await Promise.all(
          Array.from({ length: 20 }, async () => unwrap(await signalbox.createSession()).id),
        )),
      );

    const rollout = unwrap(
      await migration.startRollout({
        feature: 'CHAT',
        steps: [50, 100],
        stepSeconds: 3_600,
        reason: 'under load',
      }),
    );
    await expect.poll(async () => (await migration.rollout(rollout.id))?.currentPercentage).toBe(50);

    const users = new Users(signalbox, sessions);
    users.come(PER_SECOND);
    // Both services have served before the new one breaks.
    await expect.poll(() => users.replies.length, { timeout: 60_000 }).toBeGreaterThan(200);
    expect(users.replies.every(({ fellBack }) => !fellBack)).toBe(true);
    broken = true;

    await expect
      .poll(async () => (await signalbox.job(rollout.id))?.status, { timeout: 90_000, interval: 500 })
      .toBe('FAILED');
    await users.stay();

    expect(users.failures).toEqual([]);
    expect(users.replies).toHaveLength(users.asked);
    expect(new Set(users.replies.map(({ reply }) => reply))).toEqual(
      new Set(['a new reply', 'a legacy reply']),
    );
    expect(users.replies.filter(({ fellBack }) => fellBack).length).toBeGreaterThan(5);

    const job = await migration.rollout(rollout.id);
    expect(job).toMatchObject({
      currentPercentage: 0,
      error: { code: 'ROLLED_BACK', message: expect.stringContaining('The error rate has gone up') },
    });
    const [, , , chat] = await migration.features();
    expect(chat).toMatchObject({ name: 'CHAT', enabled: false, rolloutPercentage: 0 });

    await expect
      .poll(() => webhook.exchanges)
      .toMatchObject([
        { body: { event: 'rollback', features: ['CHAT'], reason: expect.stringContaining('error rate') } },
      ]);
    const report = await migration.report('CHAT');
    expect(report.recommendation).toMatchObject({
      status: 'NOT_READY',
      action: 'ROLLBACK',
      issues: expect.arrayContaining([
        expect.objectContaining({ rule: 'ERROR_RATE', evidence: 'CONFIRMED' }),
      ]),
    });
    const metrics = await (await fetch(new URL('/metrics', gateway.url))).text();
    expect(metrics).toContain('signalbox_breaker_state{feature="CHAT",state="open"} 1');
    expect(metrics).toContain('signalbox_feature_enabled{feature="CHAT"} 0');
    expect(metrics).toMatch(/^app_requests_total\{endpoint="chat",method="reply",status="error"\} [1-9]/m);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
