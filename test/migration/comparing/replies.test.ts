import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReplies, type Json, type Reply } from '../../../src/migration/comparing/index.ts';

const text = (reply: Json, finishReason?: string): Reply =>
  finishReason === undefined ? { reply, error: null } : { reply, error: null, finishReason };
const failure = (error: string): Reply => ({ reply: null, error });

describe('two replies', () => {
  it('match when they are equal', () => {
    expect(compareReplies(text('こんにちは！'), text('こんにちは！'))).toEqual({
      matches: true,
      differences: [],
      similarity: 1,
    });
  });

  it('match when only the white space around them differs', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(' ', '\n', '\t', '\u3000', ''), (reply, space) => {
        expect(compareReplies(text(reply), text(space + reply + space))).toMatchObject({
          matches: true,
          similarity: 1,
        });
      }),
    );
  });

  it('differ in content, shown by samples of a hundred characters', () => {
    const found = compareReplies(text('あ'.repeat(150)), text(`${'あ'.repeat(149)}い`));
    expect(found.matches).toBe(false);
    expect(found.differences).toEqual([
      { kind: 'CONTENT_MISMATCH', path: 'reply', legacy: 'あ'.repeat(100), candidate: 'あ'.repeat(100) },
    ]);
    expect(found.similarity).toBeCloseTo(149 / 150, 9);
  });

  it('are sampled by whole characters', () => {
    const [difference] = compareReplies(text('👍'.repeat(120)), text(`a${'👍'.repeat(120)}`)).differences;
    expect(difference).toMatchObject({ legacy: '👍'.repeat(100), candidate: `a${'👍'.repeat(99)}` });
  });

  it('are sampled as text that can be stored', () => {
    expect(compareReplies(text('a\ud800'), text('b')).differences[0]?.legacy).toBe('a\ufffd');
  });

  it('differ in type, and then in nothing else', () => {
    expect(compareReplies(text('{"a":1}'), text({ a: 1 }))).toEqual({
      matches: false,
      differences: [{ kind: 'TYPE_MISMATCH', path: 'reply', legacy: 'string', candidate: 'object' }],
      similarity: null,
    });
    expect(compareReplies(text([]), text(null)).differences).toEqual([
      { kind: 'TYPE_MISMATCH', path: 'reply', legacy: 'array', candidate: 'null' },
    ]);
  });

  it('differ where one service failed', () => {
    expect(compareReplies(text('Hello'), failure('upstream said 500'))).toEqual({
      matches: false,
      differences: [{ kind: 'ERROR_MISMATCH', path: 'error', legacy: null, candidate: 'upstream said 500' }],
      similarity: null,
    });
  });

  it('differ where both failed, each in its own way, and match where both say the same', () => {
    expect(compareReplies(failure('timeout'), failure('bad gateway')).differences).toMatchObject([
      { kind: 'ERROR_MISMATCH', legacy: 'timeout', candidate: 'bad gateway' },
    ]);
    expect(compareReplies(failure('timeout'), failure('timeout '))).toMatchObject({
      matches: true,
      similarity: null,
    });
  });

  it('that are structured are compared path by path, letter by letter', () => {
    const legacy = { items: [{ id: 1, name: 'one' }], at: '2026-01-01T00:00:00Z', note: ' x' };
    const candidate = {
      items: [{ id: '1', name: 'two' }],
      at: '2026-01-02T00:00:00Z',
      note: 'x',
      more: true,
    };
    expect(compareReplies(text(legacy), text(candidate))).toEqual({
      matches: false,
      similarity: null,
      differences: [
        { kind: 'TYPE_MISMATCH', path: 'reply.items[0].id', legacy: '1', candidate: '1' },
        { kind: 'CONTENT_MISMATCH', path: 'reply.items[0].name', legacy: 'one', candidate: 'two' },
        {
          kind: 'CONTENT_MISMATCH',
          path: 'reply.at',
          legacy: '2026-01-01T00:00:00Z',
          candidate: '2026-01-02T00:00:00Z',
        },
        { kind: 'TYPE_MISMATCH', path: 'reply.more', legacy: null, candidate: 'true' },
      ],
    });
  });

  it('have a hundred differences at most', () => {
    const many = (value: number) => text(Array.from({ length: 500 }, () => value));
    expect(compareReplies(many(1), many(2)).differences).toHaveLength(100);
  });

  it('that are too large are said to be so', () => {
    const large = text(Array.from({ length: 100_001 }, () => 0));
    const { differences, matches } = compareReplies(large, large);
    expect(matches).toBe(false);
    expect(differences[0]?.legacy).toContain('more than 100000 values');
  });

  it('differ the same whichever comes first', () => {
    const reply = fc.oneof(
      fc.string({ maxLength: 60 }).map((reply) => text(reply)),
      fc.jsonValue({ maxDepth: 3 }).map((reply) => text(reply as Json)),
      fc.string({ minLength: 1, maxLength: 20 }).map(failure),
    );
    fc.assert(
      fc.property(reply, reply, (a, b) => {
        const [forth, back] = [compareReplies(a, b), compareReplies(b, a)];
        expect(back.matches).toBe(forth.matches);
        expect(back.similarity).toBe(forth.similarity);
        expect(new Set(back.differences.map(({ path }) => path))).toEqual(
          new Set(forth.differences.map(({ path }) => path)),
        );
        expect(compareReplies(a, a)).toMatchObject({ matches: true, differences: [] });
      }),
    );
  });
});

describe('the form of two replies', () => {
  const pathsOf = (a: Reply, b: Reply) =>
    compareReplies(a, b).differences.map(({ kind, path }) => `${kind} ${path}`);

  it('is compared before their words: why the model stopped', () => {
    expect(pathsOf(text('One two three', 'stop'), text('One two', 'length'))).toEqual([
      'TYPE_MISMATCH finishReason',
      'CONTENT_MISMATCH reply',
    ]);
    expect(pathsOf(text('One', 'stop'), text('One'))).toEqual([]);
  });

  it.each([
    ['I’m sorry, but I can’t help with that.', 'The capital of France is Paris.'],
    ["I can't assist with that request.", 'Sure: mix the flour with water.'],
    ['申し訳ありませんが、そのご質問にはお答えできません。', 'フランスの首都はパリです。'],
  ])('is another where one refuses: %s', (refusal, answer) => {
    expect(pathsOf(text(refusal), text(answer))).toContain('TYPE_MISMATCH refusal');
    expect(pathsOf(text(refusal), text(`${refusal} 1`))).toEqual(['CONTENT_MISMATCH reply']);
  });

  it('is another where one is more than twice as long, if it is long at all', () => {
    const long = 'A sentence of some words. '.repeat(4).trim();
    expect(pathsOf(text(long), text(`${long}${long}And more.`))).toContain('TYPE_MISMATCH length');
    expect(pathsOf(text(long), text(`${long}${long}`))).toEqual(['CONTENT_MISMATCH reply']);
    expect(pathsOf(text('Yes.'), text('No, I do not think so.'))).toEqual(['CONTENT_MISMATCH reply']);
  });
});
