import { expect, it } from 'vitest';
import { describeOnStores } from '../../support/stores.ts';
import { ScriptedChat } from '../routing/services.ts';
import { patient, startShadow, type TestShadow, viewer } from './world.ts';

const WORDS = 'the weather in the north is mild and in the south there will be rain before the evening'.split(
  ' ',
);

/** A service whose words vary: a few of them are others each time. */
class Varying extends ScriptedChat {
  constructor(seed: number, others: number) {
    let state = seed;
    const random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
    super(async function* () {
      const words = [...WORDS];
      for (let turn = 0; turn < others; turn += 1)
        words[Math.floor(random() * words.length)] = `word${Math.floor(random() * 1_000)}`;
      yield { text: words.join(' ') };
    });
  }
}

async function compareOften(world: TestShadow, times: number): Promise<void> {
  const sessionId = await world.openSession();
  const input = { sessionId, message: 'How is the weather?', feature: 'CHAT', control: true } as const;
  for (let turn = 0; turn < times; turn += 1) await world.shadow.test(viewer, input, patient());
}

describeOnStores('replies that vary by themselves', (create) => {
  it('differ every time, and yet not by more than the legacy service’s own noise', async () => {
    await using world = await startShadow(await create(), {
      legacy: new Varying(1, 3),
      candidate: new Varying(2, 3),
    });
    await compareOften(world, 60);
    expect(await world.shadow.count(viewer.owner, { differingOnly: true })).toBe(60);
    expect(await world.shadow.noise('CHAT')).toMatchObject({
      triples: 60,
      texts: 60,
      differs: false,
      paths: [],
    });
    expect(await world.shadow.noise('WATCH')).toMatchObject({ triples: 0, differs: false });
  });

  it('are told from those of a service that answers differently; each comparison counts once', async () => {
    const database = await create();
    await using world = await startShadow(database, {
      legacy: new Varying(1, 3),
      candidate: new Varying(2, 9),
    });
    await compareOften(world, 15);
    const early = await world.shadow.noise('CHAT');
    await compareOften(world, 15);
    const sessionId = await world.openSession();
    await world.shadow.test(viewer, { sessionId, message: 'no control', feature: 'CHAT' }, patient());
    const [late, again] = await Promise.all([world.shadow.noise('CHAT'), world.shadow.noise('CHAT')]);
    expect(early.triples).toBe(15);
    expect(late).toMatchObject({ triples: 30, differs: true });
    expect(again).toEqual(late);
  });
});
