import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Signalbox, unwrap } from '../../sdk/index.ts';
import { Command } from '../cli/command.ts';
import { configured } from '../support/background.ts';
import { seed } from '../support/data-dir.ts';
import { complete, type ResponsesProvider, startResponsesProvider } from '../support/responses-provider.ts';
import {
  begin,
  edge,
  expectSound,
  failing,
  question,
  stateOf,
  story,
  transform,
  until,
} from './workflow-world.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-workflow-crash-'));
let provider: ResponsesProvider;
let server: Command;
let signalbox: Signalbox;
/** Questions that are answered at once; what else begins with `hold` has to wait. */
const released = new Set<string>();

beforeAll(async () => {
  provider = await startResponsesProvider({
    answers: (text) => (text.startsWith('hold') && !released.has(text) ? undefined : `On ${text}: yes.`),
  });
  await seed(join(directory, 'data'));
  await start();
}, 180_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = new Command(['serve'], {
    ...configured(provider),
    DATA_DIR: join(directory, 'data'),
    PORT: '0',
    LOG_LEVEL: 'silent',
  });
  signalbox = connect(await server.says(/Signalbox answers at (\S+)/));
}

async function killed(): Promise<void> {
  await server[Symbol.asyncDispose]();
  await start();
}

/** A chain with a crossroads in its middle. */
const definitionOf = (name: string) => ({
  threads: [
    transform('begin', "{'n': 1}"),
    question('left', `${name} left`),
    question('right', `hold ${name} right`),
    transform('both', "inputs.left + ' ' + inputs.right"),
    question('end', `${name} end`),
  ],
  dependencies: [
    edge('begin', 'left'),
    edge('begin', 'right'),
    edge('left', 'both', { type: 'DATA_FLOW', dataMapping: [{ from: 'response', to: 'left' }] }),
    edge('right', 'both', { type: 'DATA_FLOW', dataMapping: [{ from: 'response', to: 'right' }] }),
    edge('both', 'end'),
  ],
});

describe('an embedded gateway that is killed in the middle of a run', () => {
  it.each([
    ['begin', 'READY'],
    ['left', 'RUNNING'],
    ['left', 'COMPLETED'],
    ['both', 'COMPLETED'],
    ['end', 'RUNNING'],
  ] as const)(
    'when %s was %s: the run completes, each thread once',
    async (thread, status) => {
      const name = `${thread} ${status}`;
      const definition = definitionOf(name);
      const held = `hold ${name} right`;
      // Also one that is asked again, because the process died before it knew that the provider had accepted it.
      const finish = () => {
        released.add(held);
        for (const response of provider.about(held)) complete(response, `On ${held}: yes.`);
      };
      const { id } = await begin(signalbox, definition);
      const before = until(signalbox, id, thread, status);
      if (thread === 'both' || thread === 'end') {
        await expect.poll(() => provider.about(held).length).toBe(1);
        finish();
      }
      await before;
      await killed();

      const told = story(signalbox, id);
      finish();
      const changes = await told;
      const run = await stateOf(signalbox, id);
      expect(run.status).toBe('COMPLETED');
      expectSound(definition, changes, run);
      const completed = changes.filter(({ status }) => status === 'COMPLETED').map(({ thread }) => thread);
      expect(completed.sort()).toEqual(['begin', 'both', 'end', 'left', 'right']);
      expect(run.threads[3]?.output).toBe(`On ${name} left: yes. On ${held}: yes.`);
    },
    120_000,
  );

  it('still waits for a person afterwards, and then goes on', async () => {
    const definition = {
      policy: 'ADAPTIVE' as const,
      threads: [failing('bad'), transform('after', '1'), transform('beside', '2')],
      dependencies: [edge('bad', 'after', { type: 'DATA_FLOW' })],
    };
    const { id } = await begin(signalbox, definition);
    await until(signalbox, id, 'beside', 'COMPLETED');
    await until(signalbox, id, 'bad', 'WAITING');
    await killed();

    expect((await stateOf(signalbox, id)).status).toBe('WAITING');
    unwrap(await signalbox.resolveThreadFailure({ workflowId: id, thread: 'bad', resolution: 'SKIP' }));
    const changes = await story(signalbox, id);
    expectSound(definition, changes, await stateOf(signalbox, id));
  }, 120_000);
});
