import { Buffer } from 'node:buffer';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Extension,
  fromPlain,
  LARGEST_DOCUMENT,
  type LegacyValue,
  Tuple,
  toPlain,
  WholeFloat,
} from '../../../src/services/memory/document.ts';
import { formatOf, readDocument, writeDocument } from '../../../src/services/memory/formats/index.ts';
import { readJson, writeJson } from '../../../src/services/memory/formats/json.ts';
import { readMsgpack, writeMsgpack } from '../../../src/services/memory/formats/msgpack.ts';
import { readPickle } from '../../../src/services/memory/formats/pickle-reading.ts';
import { writePickle } from '../../../src/services/memory/formats/pickle-writing.ts';
import { LegacyDocumentError } from '../../../src/services/memory/index.ts';
import { hasPython, python } from './python.ts';

/** As the legacy application has it, with everything that JavaScript would lose. */
const SESSION = `{
  'chat_history': [{'role': 'user', 'content': 'こんにちは 😀 "\\\\\\n'}, {'role': 'assistant', 'content': ''}],
  'scenario_history': {'10': [], '9': [{'role': 'user', 'content': 'x' * 300}]},
  'floats': [1.0, -0.0, 1.5, 1e300, float('inf')],
  'ints': [0, 1, -1, 127, 128, 255, 256, -128, -129, 65535, 65536, 2**31, -2**31, 2**53, 2**63 - 1, -2**63],
  'nothing': None, 'truth': [True, False], '__proto__': {'a': 1}, 7: 'seven', 'list': list(range(400)),
}`;

const plainText = fc.string({ unit: 'grapheme' });
const { anything } = fc.letrec<{ anything: LegacyValue }>((tie) => ({
  anything: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<LegacyValue>(
      null,
      true,
      false,
      new WholeFloat(1),
      new WholeFloat(-0),
      2n ** 63n,
      -(2n ** 62n),
    ),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noInteger: true }),
    plainText,
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('anything'), { maxLength: 20 }),
    fc.array(fc.tuple(plainText, tie('anything')), { maxLength: 20 }).map((pairs) => new Map(pairs)),
  ),
}));

describe('a value that is written and read again', () => {
  it('is the same in MessagePack and in pickles', () => {
    fc.assert(
      fc.property(anything, (value) => {
        expect(readMsgpack(writeMsgpack(value))).toEqual(value);
        expect(readPickle(writePickle(value))).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same in JSON, but for bytes, which JSON does not have', () => {
    const value = new Map<LegacyValue, LegacyValue>([
      ['__proto__', new Map([['a', 1]])],
      ['floats', [new WholeFloat(1), new WholeFloat(-0), 1.5, new WholeFloat(1e30)]],
      ['big', 12_345_678_901_234_567_890n],
    ]);
    expect(readJson(writeJson(value))).toEqual(value);
    expect(writeJson(value).toString()).toContain('"floats":[1.0,-0.0,1.5,1e+30],"big":12345678901234567890');
    expect(() => writeJson([Uint8Array.of(1)])).toThrow(LegacyDocumentError);
  });

  it('is told by its first bytes', () => {
    for (const [format, document] of [
      ['msgpack', new Map()],
      ['msgpack', new Map([['a', 1]])],
      ['msgpack', new Map(Array.from({ length: 100 }, (_, index) => [`key ${index}`, index]))],
      ['json', new Map([['a', 1]])],
      ['pickle', new Map([['a', 1]])],
      ['pickle', new Map()],
    ] as const) {
      const bytes = writeDocument(document, format);
      expect(formatOf(bytes)).toBe(format);
      expect(readDocument(bytes, format)).toEqual(document);
    }
    expect(formatOf(Buffer.from(' {}'))).toBe('json');
    expect(formatOf(Buffer.from('(dp0\n.'))).toBe('pickle');
    expect(formatOf(Buffer.from('}q\0.'))).toBe('pickle');
  });
});

describe('MessagePack', () => {
  it('agrees with another implementation, in both directions', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        fc.pre(!JSON.stringify(plain).includes('__proto__'));
        expect(decode(writeMsgpack(fromPlain(plain)))).toEqual(plain);
        expect(toPlain(readMsgpack(encode(plain)))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
    for (const length of [15, 16, 31, 32, 255, 256, 65_535, 65_536]) {
      for (const plain of ['x'.repeat(length), Array(length).fill(1), Buffer.alloc(length)])
        expect(readMsgpack(encode(plain))).toEqual(plain instanceof Buffer ? new Uint8Array(length) : plain);
      expect(decode(writeMsgpack('x'.repeat(length)))).toBe('x'.repeat(length));
      expect(decode(writeMsgpack(Array(length).fill(1)))).toHaveLength(length);
    }
  });

  it('keeps a timestamp and other extensions as they are', () => {
    for (const length of [0, 1, 2, 3, 4, 8, 12, 16, 300]) {
      const extension = new Extension(-1, new Uint8Array(length).fill(7));
      expect(readMsgpack(writeMsgpack([extension]))).toEqual([extension]);
    }
    expect(readMsgpack(encode(new Date(0)))).toEqual(new Extension(-1, new Uint8Array(4)));
  });
});

describe.skipIf(!hasPython)('a pickle and Python', () => {
  it.each([0, 1, 2, 3, 4, 5])('mean the same in protocol %i, there and back', (protocol) => {
    const session = protocol < 3 ? SESSION : SESSION.replace('{', "{'bytes': b'\\x00\\xff', ");
    const bytes = python(`
import pickle, sys
session = ${session}
session['tuple'] = (1, (2,), (), (1, 2), (1, 2, 3), (1, 2, 3, 4))
session['huge'] = [2**64, -2**64, 2**200, -2**199, 128**9]
session['shared'] = [[1]] * 3
sys.stdout.buffer.write(pickle.dumps(session, ${protocol}))`);
    const read = readPickle(bytes);
    const said = python(
      `
import pickle, sys
session = ${session}
session['tuple'] = (1, (2,), (), (1, 2), (1, 2, 3), (1, 2, 3, 4))
session['huge'] = [2**64, -2**64, 2**200, -2**199, 128**9]
session['shared'] = [[1]] * 3
print(repr(pickle.loads(sys.stdin.buffer.read())) == repr(session))`,
      writePickle(read),
    );
    expect(said.toString().trim()).toBe('True');
  });

  it('do not, where it would build an object', () => {
    const builds = [
      `__import__('datetime').datetime(2026, 1, 1)`,
      `__import__('decimal').Decimal('1')`,
      `{1, 2}`,
      `frozenset([1])`,
      `bytearray(b'x')`,
      `1j`,
      `__import__('collections').OrderedDict(a=1)`,
      `print`,
    ];
    for (const value of builds)
      for (const protocol of [0, 2, 4, 5]) {
        const bytes = python(
          `import pickle, sys; sys.stdout.buffer.write(pickle.dumps({'a': ${value}}, ${protocol}))`,
        );
        expect(() => readPickle(bytes), `${value} in protocol ${protocol}`).toThrow(LegacyDocumentError);
      }
  });
});

describe('bytes that make no sense', () => {
  it('are a typed error, however they are wrong', () => {
    // The classic attack, by hand: os.system('echo').
    expect(() => readPickle(Buffer.from("cos\nsystem\n(S'echo'\ntR."))).toThrow(/more than plain data/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        for (const read of [readMsgpack, readPickle, readJson])
          try {
            read(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(LegacyDocumentError);
          }
      }),
      { numRuns: 3_000 },
    );
    for (const format of ['msgpack', 'json', 'pickle'] as const) {
      const whole = writeDocument(new Map([['a', [1, 'two', new Map([['three', 3.5]])]]]), format);
      for (let length = 0; length < whole.length; length += 1)
        expect(() => readDocument(whole.subarray(0, length), format)).toThrow(LegacyDocumentError);
    }
    expect(() => readDocument(writeMsgpack([1]), 'msgpack')).toThrow(/not a dictionary/);
  });

  it('take neither memory nor the stack', () => {
    // Lists of four thousand million items that never come.
    expect(() => readMsgpack(Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff))).toThrow(LegacyDocumentError);
    expect(() => readMsgpack(new Uint8Array(100_000).fill(0x91))).toThrow(/deeper/);
    expect(() => readDocument(new Uint8Array(LARGEST_DOCUMENT + 1), 'msgpack')).toThrow(/limit/);

    // A list that holds itself, and one that doubles forty times.
    const itself = readPickle(Buffer.from([0x80, 2, 0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e]));
    for (const write of [writePickle, writeMsgpack, writeJson]) expect(() => write(itself)).toThrow(/deeper/);
    let doubling: LegacyValue = 'x'.repeat(100);
    for (let round = 0; round < 40; round += 1) doubling = [doubling, doubling];
    for (const write of [writePickle, writeMsgpack]) expect(() => write(doubling)).toThrow(/more than/);
    expect(readPickle(writePickle(new Tuple([1])))).toEqual(new Tuple([1]));
  });
});
