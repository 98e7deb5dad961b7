import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MemoryPlace } from '../../../src/services/memory/index.ts';
import { createEmbedded } from '../../support/stores.ts';
import { describeOnLegacyStores, type Plain } from './legacy.ts';
import { adding, dying, startMemory, texts } from './world.ts';

type Step =
  | { do: 'there' | 'here'; text: string }
  | { do: 'read' | 'sweep' | 'die' | 'copy' | 'slow' | 'clear' | 'empty' | 'lose' }
  | { do: 'choose'; place: MemoryPlace };

/** Few words, so that the same is said again and again, on both sides. */
const word = fc.constantFrom('ok', 'yes', 'no');
const among = <Name extends Step['do']>(...names: Name[]) => fc.record({ do: fc.constantFrom(...names) });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('there', 'here'), text: word }) },
    { weight: 3, arbitrary: among('read', 'sweep', 'die') },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('choose' as const),
        place: fc.constantFrom<MemoryPlace>('LEGACY', 'NEW'),
      }),
    },
    { weight: 2, arbitrary: among('copy', 'slow', 'slow') },
    { weight: 1, arbitrary: among('clear', 'empty', 'lose') },
  ),
  { minLength: 3, maxLength: 25 },
);

/** What has to be remembered of a session, whatever is done to its document. */
class Model {
  /** Whether the truth is in the document. */
  isFollowed = false;
  /** What was said here. */
  here: string[] = [];
  /** What was said there and the gateway has seen; and what only the document has. */
  seen: string[] = [];
  unseen: string[] = [];
  /** Something waits to be written there. */
  waits = false;

  look(): void {
    this.seen.push(...this.unseen);
    this.unseen = [];
    this.waits = false;
  }

  read(place: MemoryPlace): void {
    if (this.isFollowed || place === 'LEGACY') this.look();
    this.isFollowed = place === 'LEGACY';
  }
}

const emptied = (session: Plain): void => {
  for (const key of Object.keys(session)) delete session[key];
};

describeOnLegacyStores('any order of words on both sides, of moves, losses and deaths', (createLegacy) => {
  it('loses nothing, doubles nothing, and ends the same on both sides', { timeout: 600_000 }, async () => {
    await using legacy = await createLegacy();
    await using world = await startMemory(await createEmbedded(), legacy);
    const doomed = world.over(dying(legacy.store));
    const killed = (error: Error) => expect(error.message).toBe('killed');

    const run = async (sequence: readonly Step[]) => {
      const id = await world.openSession();
      const model = new Model();
      let place: MemoryPlace = 'LEGACY';
      let copy: Plain | null = null;
      // In a history that begins anew, the same word as before may be taken for that one.
      let isAnew = false;
      const choose = (chosen: MemoryPlace) => {
        place = chosen;
        world.choose(chosen);
      };
      const read = async () => {
        const told = await world.told(id);
        model.read(place);
        if (place === 'NEW') return told;
        isAnew = false;
        // What each side says ends in its own sign.
        expect(told.filter((text) => text.endsWith('<'))).toEqual(model.seen);
        expect(told.filter((text) => text.endsWith('>'))).toEqual(model.here);
        expect(texts((await legacy.seen(id))?.chat_history)).toEqual(told.slice(-50));
        return told;
      };
      choose('LEGACY');
      for (const [index, step] of sequence.entries())
        switch (step.do) {
          case 'there': {
            const text = isAnew ? `anew ${index} <` : `${step.text} <`;
            await legacy.request(id, adding(text));
            model.unseen.push(text);
            break;
          }
          case 'here':
            await world.append(id, 'CHAT', `job_${index}`, [
              { role: 'USER', content: `${step.text} >`, servedBy: null },
            ]);
            model.here.push(`${step.text} >`);
            model.waits ||= model.isFollowed;
            break;
          case 'choose':
            choose(step.place);
            break;
          case 'read':
            await read();
            break;
          case 'sweep':
            await world.memory.flush(id);
            if (model.waits) model.look();
            break;
          case 'die':
            await doomed.recent(id, 'CHAT', 5).catch(killed);
            break;
          case 'copy':
            // A request of the legacy application reads its session…
            if (model.unseen.length === 0) copy = structuredClone(await legacy.seen(id));
            break;
          case 'slow': {
            // …and writes it back now, with what it says itself.
            if (!copy) break;
            const mine = structuredClone(copy);
            await legacy.request(id, (session) => {
              emptied(session);
              Object.assign(session, mine);
              adding(`slow ${index} <`)(session);
            });
            model.unseen = [`slow ${index} <`];
            copy = null;
            break;
          }
          case 'clear':
            await read();
            await legacy.request(id, (session) => {
              session.chat_history = [];
            });
            if (place === 'LEGACY') [model.seen, model.here] = [[], []];
            model.unseen = [];
            [copy, isAnew] = [null, true];
            await read();
            break;
          case 'empty':
            // `session.clear()`, and then whose it is.
            await legacy.request(id, (session) => {
              emptied(session);
              session.user_id = 7;
            });
            model.unseen = [];
            isAnew = true;
            break;
          case 'lose':
            await legacy.store.remove(id, AbortSignal.timeout(30_000));
            if (index % 2 === 0) await legacy.request(id, adding(`anew ${index} <`));
            model.unseen = index % 2 === 0 ? [`anew ${index} <`] : [];
            isAnew = true;
            break;
        }
      // In the end the truth goes to the legacy application, which takes over the rest, and comes back.
      for (const end of ['LEGACY', 'NEW', 'LEGACY'] as const) {
        choose(end);
        await read();
      }
    };
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: 150 });
  });
});
