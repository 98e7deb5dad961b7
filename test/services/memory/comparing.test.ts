import { describe, expect, it } from 'vitest';
import { knownAmong, remember } from '../../../src/services/memory/alignment.ts';
import { type LegacyDocument, type LegacyValue, WholeFloat } from '../../../src/services/memory/document.ts';
import { historiesOf } from '../../../src/services/memory/histories.ts';
import { mergeSettings, type Settings } from '../../../src/services/memory/settings.ts';

const entriesOf = (said: readonly string[]) => {
  const list = said.map(
    (content): LegacyValue =>
      new Map([
        ['role', 'user'],
        ['content', content],
      ]),
  );
  return historiesOf(new Map([['chat_history', list]]))[0]!.entries;
};

/** What is taken for new, of those there now. */
const newAmong = (before: readonly string[], now: readonly string[]): string[] => {
  const known = knownAmong(remember(entriesOf(before)), entriesOf(now));
  return now.filter((_, index) => !known[index]);
};

describe('what the legacy application added to a history', () => {
  it('is what was not there before, also where the oldest went', () => {
    expect(newAmong([], ['a'])).toEqual(['a']);
    expect(newAmong(['a', 'b'], ['a', 'b', 'c'])).toEqual(['c']);
    expect(newAmong(['a', 'b', 'c'], ['b', 'c', 'd', 'e'])).toEqual(['d', 'e']);
    expect(newAmong(['a', 'b', 'c'], ['a', 'B', 'c', 'd'])).toEqual(['B', 'd']);
    expect(newAmong(['ok', 'ok'], ['ok', 'ok', 'ok'])).toEqual(['ok']);
    expect(newAmong(['a', 'b'], [])).toEqual([]);
    expect(newAmong(['a', 'b'], ['c'])).toEqual(['c']);
  });

  it('is found in lists of any length, in little time', () => {
    const before = Array.from({ length: 5_000 }, (_, index) => `message ${index}`);
    const now = [...before.slice(10), 'new'];
    const began = performance.now();
    expect(newAmong(before, now)).toEqual(['new']);
    expect(newAmong(before, ['other', ...now.slice(4_500)])).not.toContain('message 4999');
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe('settings on both sides', () => {
  const unset: Settings = { chat_model: null, selected_voice: null, current_scenario: null, preferences: {} };
  const merge = (theirs: LegacyDocument | null, ours: Partial<Settings>, seen = {}, writes = true) =>
    mergeSettings(theirs, { ...unset, ...ours }, seen, writes);

  it('come from the document where ours are unset, and go there where they are set', () => {
    const theirs = new Map<LegacyValue, LegacyValue>([
      ['chat_model', 'theirs'],
      ['preferences', new Map([['volume', new WholeFloat(1)]])],
    ]);
    const merged = merge(theirs, { selected_voice: 'kore' });
    expect(merged.ours).toEqual({ chat_model: 'theirs', preferences: { volume: 1 } });
    expect(merged.document).toEqual(new Map(theirs).set('selected_voice', 'kore'));
    expect(merge(theirs, { chat_model: 'ours' }).document?.get('chat_model')).toBe('ours');
    expect(merge(theirs, { chat_model: 'ours' }, {}, false).document).toBe(theirs);
    expect(merge(null, { chat_model: 'ours' })).toMatchObject({ ours: {}, document: null });
  });

  it('belong to whoever changed them last, and to us where both did', () => {
    const seen = {
      chat_model: 'old',
      selected_voice: null,
      current_scenario: null,
      preferences: { a: 1, b: 2 },
    };
    const theirs = (chat_model: string) =>
      new Map<LegacyValue, LegacyValue>([
        ['chat_model', chat_model],
        [
          'preferences',
          new Map([
            ['b', 2],
            ['a', 1],
          ]),
        ],
      ]);
    const ours = { preferences: { a: 1, b: 2 } };
    expect(merge(theirs('new'), { ...ours, chat_model: 'old' }, seen).ours).toEqual({ chat_model: 'new' });
    const mine = merge(theirs('old'), { ...ours, chat_model: 'mine' }, seen);
    expect(mine.ours).toEqual({});
    expect(mine.document?.get('chat_model')).toBe('mine');
    expect(merge(theirs('new'), { ...ours, chat_model: 'mine' }, seen).document?.get('chat_model')).toBe(
      'mine',
    );
    // Unchanged on both sides: the very same document, which need not be written.
    const same = theirs('old');
    expect(merge(same, { ...ours, chat_model: 'old' }, seen).document).toBe(same);
  });

  it('stay the legacy application’s own where no session of ours could hold them', () => {
    const theirs = new Map<LegacyValue, LegacyValue>([
      ['chat_model', 'x'.repeat(201)],
      ['selected_voice', 7],
      ['preferences', [1]],
    ]);
    const merged = merge(theirs, { chat_model: 'ours' });
    expect(merged.ours).toEqual({});
    expect(merged.document).toBe(theirs);
  });
});
