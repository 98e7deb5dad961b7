import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MemoryPlace } from '../../../src/services/memory/index.ts';
import { createEmbedded } from '../../support/stores.ts';
import { describeOnLegacyStores } from './legacy.ts';
import { adding, dying, startMemory, texts } from './world.ts';

type Step =
  | { do: 'there' | 'here'; text: string }
  | { do: 'read' | 'sweep' | 'die' }
  | { do: 'choose'; place: MemoryPlace };

/** Few words, so that the same is said again and again, on both sides. */
const word = fc.constantFrom('ok', 'yes', 'no');
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('there' as const, 'here' as const), text: word }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('read' as const, 'sweep' as const, 'die' as const) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('choose' as const),
        place: fc.constantFrom<MemoryPlace>('LEGACY', 'NEW'),
      }),
    },
  ),
  { minLength: 3, maxLength: 25 },
);

describeOnLegacyStores('any order of words on both sides, of moves, sweeps and deaths', (createLegacy) => {
  it('loses nothing, doubles nothing, and keeps the order of each side', { timeout: 300_000 }, async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const doomed = world.over(dying(legacy.store));
    const killed = (error: Error) => expect(error.message).toBe('killed');

    const run = async (sequence: readonly Step[]) => {
      const id = await world.openSession();
      const [there, here] = [[] as string[], [] as string[]];
      for (const [index, step] of sequence.entries())
        switch (step.do) {
          case 'there':
            // What each side says ends in its own sign; the words repeat.
            await legacy.request(id, adding(`${step.text} <`));
            there.push(`${step.text} <`);
            break;
          case 'here':
            await world.append(id, 'CHAT', `job_${index}`, [
              { role: 'USER', content: `${step.text} >`, servedBy: null },
            ]);
            here.push(`${step.text} >`);
            break;
          case 'choose':
            world.choose(step.place);
            break;
          case 'read':
            await world.told(id, 'CHAT', 5);
            break;
          case 'sweep':
            await world.memory.flush(id);
            break;
          case 'die':
            await doomed.recent(id, 'CHAT', 5).catch(killed);
        }
      // In the end the truth goes to the legacy application, which takes over the rest, and comes back.
      for (const place of ['LEGACY', 'NEW', 'LEGACY'] as const) {
        world.choose(place);
        const told = await world.told(id);
        if (place === 'LEGACY') {
          expect(told.filter((text) => text.endsWith('<'))).toEqual(there);
          expect(told.filter((text) => text.endsWith('>'))).toEqual(here);
          expect(texts((await legacy.seen(id))?.chat_history)).toEqual(told.slice(-50));
        }
      }
    };
    world.choose('LEGACY');
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 120 });
  });
});
