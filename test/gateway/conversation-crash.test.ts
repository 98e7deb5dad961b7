import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { conversationsOf, textOf, texts } from '../services/conversations/client.ts';
import { answering, askedOf, configured, Dictation } from '../services/conversations/services.ts';
import { seed } from '../support/data-dir.ts';
import { GatewayProcess } from '../support/killable-gateway.ts';
import { startProvider } from '../support/provider.ts';
import { createOnServer, describeOnServer } from '../support/stores.ts';

/** Killing, starting and finding the dead takes its time on a busy machine. */
const PATIENCE_MS = 180_000;
const soon = { timeout: 90_000, interval: 200 };

/** A data folder with an empty database in it. */
async function createFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-conversation-'));
  await seed(folder);
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

it(
  'a turn whose gateway is killed in the middle of the reply completes once behind the next start',
  async () => {
    using data = await createFolder();
    const story = new Dictation();
    await using provider = await startProvider(story.behaviour, answering());
    const environment = { DATA_DIR: data.folder, ...configured(provider) };
    let id: string;
    let sessionId: string;
    {
      await using killed = await GatewayProcess.start(environment);
      const { begin, turn } = conversationsOf(killed.ask);
      sessionId = await killed.openSession();
      id = await begin(sessionId, 'Hello');
      await begin(sessionId, 'And then?');
      await story.asked;
      story.say('It was', ' a dark');
      await expect.poll(async () => (await turn(id)).reply, soon).toBe('It was a dark');
    }

    await using gateway = await GatewayProcess.start(environment);
    const { turn, history, events } = conversationsOf(gateway.ask);
    await expect.poll(async () => (await history(sessionId)).length, soon).toBe(4);
    expect(await turn(id)).toMatchObject({ status: 'COMPLETED', attempt: 2, reply: 'You said: Hello' });
    expect(texts(await history(sessionId))).toEqual([
      'Hello',
      'You said: Hello',
      'And then?',
      'You said: And then?',
    ]);
    expect((await history(sessionId)).some(({ interrupted }) => interrupted)).toBe(false);
    // The one that was cut off, the same again, and the next one: nothing of the first attempt is told.
    expect(provider.exchanges.map((exchange) => askedOf(exchange).length)).toEqual([1, 1, 3]);
    const log = await events(id);
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
    expect(textOf(log)).toBe('You said: Hello');
    await gateway.end('SIGTERM');
  },
  PATIENCE_MS,
);

it(
  'a watch whose gateway is killed repeats no line, and pays for none twice',
  async () => {
    using data = await createFolder();
    const fourth = new Dictation();
    const line = answering((_, { index }) => `Line of call ${index}.`);
    await using provider = await startProvider(line, line, fourth.behaviour, line);
    const environment = { DATA_DIR: data.folder, ...configured(provider) };
    let id: string;
    let sessionId: string;
    {
      await using killed = await GatewayProcess.start(environment);
      const { watch } = conversationsOf(killed.ask);
      sessionId = await killed.openSession();
      ({ id } = await watch(sessionId, 'delayed-project', 6));
      await fourth.asked;
      fourth.say('Half a l');
    }

    await using gateway = await GatewayProcess.start(environment);
    const { job, history, events } = conversationsOf(gateway.ask);
    await expect.poll(async () => (await job(id)).status, soon).toBe('COMPLETED');
    const said = texts(await history(sessionId, 'WATCH')).map((text) => text.replace(/^[^:]+: /, ''));
    expect(said.slice(1)).toEqual([0, 1, 3, 4, 5].map((call) => `Line of call ${call}.`));
    // Five lines and the one that was cut off.
    expect(provider.exchanges).toHaveLength(6);

    const log = await events(id);
    const speakers = [...new Set(log.flatMap(({ stream }) => stream ?? []))];
    expect(speakers).toHaveLength(2);
    const heard = speakers.map((speaker) => textOf(log, speaker).trimEnd().split('\n'));
    expect(heard).toEqual([
      said.filter((_, index) => index % 2 === 0),
      said.filter((_, index) => index % 2 === 1),
    ]);
    await gateway.end('SIGTERM');
  },
  PATIENCE_MS,
);

describeOnServer('a turn whose gateway is killed beside another one', () => {
  it(
    'is completed by the other one, once',
    async () => {
      const database = await createOnServer();
      const story = new Dictation();
      await using provider = await startProvider(story.behaviour, answering());
      const folder = mkdtempSync(join(tmpdir(), 'signalbox-conversation-'));
      const environment = { DATA_DIR: folder, DATABASE_URL: database.url, ...configured(provider) };
      try {
        await using killed = await GatewayProcess.start(environment);
        const { begin, turn } = conversationsOf(killed.ask);
        const sessionId = await killed.openSession();
        const id = await begin(sessionId, 'Hello');
        await story.asked;
        story.say('It was', ' a dark');
        await expect.poll(async () => (await turn(id)).reply, soon).toBe('It was a dark');

        await using other = await GatewayProcess.start(environment);
        const { send, history } = conversationsOf(other.ask);
        // It waits behind the one whose gateway dies.
        const next = send(sessionId, 'And then?');
        await killed.end('SIGKILL');
        expect(await next).toMatchObject({ status: 'COMPLETED', reply: 'You said: And then?' });
        expect(texts(await history(sessionId))).toEqual([
          'Hello',
          'You said: Hello',
          'And then?',
          'You said: And then?',
        ]);
        expect(await conversationsOf(other.ask).turn(id)).toMatchObject({ status: 'COMPLETED', attempt: 2 });
        await other.end('SIGTERM');
      } finally {
        await database.drop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    PATIENCE_MS,
  );
});
