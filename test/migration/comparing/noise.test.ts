import { describe, expect, it } from 'vitest';
import { type Reply, ReplyNoise, type Triple } from '../../../src/migration/comparing/index.ts';
import { median } from '../../../src/migration/verdicts/quantiles.ts';
import { Chance, shareOf } from '../verdicts/chance.ts';

const WORDS = ['the', 'rain', 'may', 'come', 'later', 'today', 'so', 'take', 'a', 'coat', 'with', 'you'];
const said = (reply: string): Reply => ({ reply, error: null });

/** The same sentence, in which each word is another one with the given probability. */
const variation = (chance: Chance, noise: number): Reply =>
  said(
    WORDS.map((word) => (chance.happens(noise) ? `w${Math.floor(1_000 * chance.next())}` : word)).join(' '),
  );

const triple = (chance: Chance, i: number, noise: number, shift: number): Triple => ({
  id: `shadow_${i}`,
  legacy: variation(chance, noise),
  control: variation(chance, noise),
  candidate: variation(chance, noise + shift),
});

describe('a legacy service whose replies vary by themselves', () => {
  it('is not said to differ from a candidate that varies as it does', () => {
    const chance = new Chance(51);
    const found = shareOf(200, () => {
      const noise = new ReplyNoise();
      for (let i = 0; i < 100; i += 1) noise.add(triple(chance, i, 0.3, 0));
      return noise.verdict.differs;
    });
    expect(found).toBeLessThanOrEqual(0.05);
  });

  it('differs from one that varies much more, which is found after twice 26 triples at most', () => {
    const chance = new Chance(52);
    const needed = Array.from({ length: 40 }, () => {
      const noise = new ReplyNoise();
      let i = 0;
      while (!noise.verdict.differs && i < 400) noise.add(triple(chance, i++, 0.25, 0.25));
      return i;
    });
    expect(median(needed)).toBeLessThanOrEqual(2 * 26);
  });

  it('that always says the same leaves ties to a coin, the same for the same triple', () => {
    const same = said('Hello');
    const [once, again] = [new ReplyNoise(), new ReplyNoise()];
    for (const noise of [once, again])
      for (let i = 0; i < 400; i += 1)
        noise.add({ id: `shadow_${i}`, legacy: same, control: same, candidate: same });
    expect(once.verdict).toEqual(again.verdict);
    expect(once.verdict.farther).toBeGreaterThan(160);
    expect(once.verdict.farther).toBeLessThan(240);
    expect(once.verdict).toMatchObject({
      differs: false,
      paths: [],
      triples: 400,
      texts: 400,
      threshold: 20,
    });
  });

  it('gains evidence by the mean of how likely each alternative makes the candidate farther', () => {
    const noise = new ReplyNoise();
    noise.add({ id: 'a', legacy: said('one two'), control: said('one two'), candidate: said('three') });
    const qs = [0.55, 0.6, 0.65, 0.7, 0.8, 0.9];
    expect(noise.verdict.eValue).toBeCloseTo((2 * qs.reduce((a, b) => a + b)) / qs.length, 9);
    expect(noise.verdict).toMatchObject({ texts: 1, farther: 1 });
  });

  it('is not compared by words where a reply failed', () => {
    const noise = new ReplyNoise();
    const failed: Reply = { reply: null, error: 'timeout' };
    noise.add({ id: 'a', legacy: said('one'), control: said('one'), candidate: failed });
    expect(noise.verdict).toMatchObject({ triples: 1, texts: 0, eValue: 1 });
    expect(noise.verdict.paths).toEqual([{ path: 'error', raw: 1, noise: 0 }]);
  });
});

describe('a path', () => {
  const structured = (id: number, name: string): Reply => ({ reply: { items: [{ id, name }] }, error: null });

  it('is reported only where the candidate differs more often than the control', () => {
    const noise = new ReplyNoise();
    // The id differs each time, in the control too; the name only in the candidate.
    for (let i = 0; i < 50; i += 1)
      noise.add({
        id: `shadow_${i}`,
        legacy: structured(3 * i, 'one'),
        control: structured(3 * i + 1, 'one'),
        candidate: structured(3 * i + 2, i < 5 ? 'two' : 'one'),
      });
    expect(noise.verdict.paths).toEqual([{ path: 'reply.items[*].name', raw: 5, noise: 0 }]);
  });

  it.each([
    { raw: 6, noise: 5, reported: false },
    { raw: 60, noise: 40, reported: false },
    { raw: 61, noise: 40, reported: true },
    { raw: 40, noise: 61, reported: false },
  ])('with $raw differences and $noise of noise: reported is $reported', ({ raw, noise, reported }) => {
    const counts = new ReplyNoise();
    for (let i = 0; i < 200; i += 1)
      counts.add({
        id: `shadow_${i}`,
        legacy: said('same'),
        control: said(i < noise ? 'else' : 'same'),
        candidate: said(i < raw ? 'else' : 'same'),
      });
    expect(counts.verdict.paths).toEqual(reported ? [{ path: 'reply', raw, noise }] : []);
  });

  it('that differs in less than 0.03 % of all replies is not', () => {
    const counts = new ReplyNoise();
    for (let i = 0; i < 4_000; i += 1)
      counts.add({
        id: `shadow_${i}`,
        legacy: said('same'),
        control: said('same'),
        candidate: said(i === 0 ? 'else' : 'same'),
      });
    expect(counts.verdict.paths).toEqual([]);
  });

  it('is counted for the first thousand paths only', () => {
    const counts = new ReplyNoise();
    const keyed = (i: number, value: number): Reply => ({ reply: { [`key${i}`]: value }, error: null });
    for (let i = 0; i < 1_200; i += 1)
      counts.add({ id: `shadow_${i}`, legacy: keyed(i, 1), control: keyed(i, 1), candidate: keyed(i, 2) });
    expect(counts.verdict.paths).toHaveLength(1_000);
  });
});
