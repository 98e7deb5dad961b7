import { describe, expect, it } from 'vitest';
import { compileSchema, SchemaError } from '../../../src/services/workflows/schemas.ts';

const check = (schema: unknown, value: unknown) => compileSchema(schema).check(value);
const draft07 = 'http://json-schema.org/draft-07/schema#';

describe('a JSON Schema', () => {
  it('names what is wrong by path', () => {
    const schema = {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        rows: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
      },
      additionalProperties: false,
    };
    expect(check(schema, { name: 'x', rows: [{ n: 1 }] })).toEqual([]);
    expect(check(schema, { rows: [{ n: 1 }, { n: 'x' }], more: 1 })).toEqual([
      { path: '', message: "must have required property 'name'" },
      { path: '', message: "must not have the property 'more'" },
      { path: 'rows.1.n', message: 'must be integer' },
    ]);
    expect(check({ enum: ['a', 'b'] }, 'c')).toEqual([{ path: '', message: 'must be one of ["a","b"]' }]);
    expect(check(false, 1)).toHaveLength(1);
  });

  it('tells ten issues at most, and of a large value one', () => {
    const schema = { items: { type: 'string' } };
    expect(check(schema, Array(100).fill(1))).toHaveLength(10);
    expect(check(schema, Array(100_000).fill(1))).toHaveLength(1);
  });

  it('is draft 2020-12, or draft-07 by name', () => {
    const tuple = { prefixItems: [{ type: 'string' }] };
    expect(check(tuple, [1])).toHaveLength(1);
    expect(check({ ...tuple, $schema: draft07 }, [1])).toEqual([]);
    expect(check({ $schema: draft07, items: [{ type: 'string' }] }, [1])).toHaveLength(1);
    expect(check({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...tuple }, [1])).toHaveLength(1);
  });

  it('does not check formats, known or not', () => {
    expect(check({ type: 'string', format: 'email' }, 'x')).toEqual([]);
    expect(check({ type: 'string', format: 'of-our-own' }, 'x')).toEqual([]);
  });

  it('may refer to its own parts, and to itself', () => {
    const tree = {
      type: 'object',
      properties: { child: { $ref: '#' }, n: { $ref: '#/$defs/n' } },
      $defs: { n: { type: 'number' } },
    };
    expect(check(tree, { child: { child: { n: 'x' } } })).toEqual([
      { path: 'child.child.n', message: 'must be number' },
    ]);
  });

  it('does not know the $id of another', () => {
    expect(check({ $id: 'http://x/y', type: 'string' }, 'a')).toEqual([]);
    expect(check({ $id: 'http://x/y', type: 'number' }, 'a')).toHaveLength(1);
    expect(() => compileSchema({ $ref: 'http://x/y' })).toThrow("can't resolve reference");
  });

  it('takes fields for data, however they are called', () => {
    expect(check({ required: ['constructor'] }, {})).toHaveLength(1);
    expect(check({ properties: { constructor: { type: 'string' } } }, {})).toEqual([]);
  });

  it('is not changed by changing the object that it was made from', () => {
    const schema = { type: 'string' };
    const compiled = compileSchema(schema);
    schema.type = 'number';
    expect(compiled.check('x')).toEqual([]);
    expect(compileSchema({ type: 'string' })).toBe(compiled);
  });
});

describe('a JSON Schema that cannot be used', () => {
  let deep: unknown = true;
  for (let at = 0; at < 100; at += 1) deep = { not: deep };

  it.each<[string, unknown, string]>([
    ['no schema', 'string', 'is an object, or true or false'],
    ['no such type', { type: 'strin' }, 'type must be one of'],
    [
      'another draft',
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'may be draft 2020-12 or draft-07',
    ],
    ['something elsewhere', { $ref: 'https://example.com/x.json' }, "can't resolve reference"],
    ['the metaschema', { $ref: draft07 }, "can't resolve reference"],
    ['look-ahead', { pattern: '(?=x)' }, 'is not valid RE2'],
    ['$async', { $async: true }, '$async'],
    ['depth', deep, 'may nest 64 deep'],
    ['length', { enum: ['x'.repeat(40_000)] }, 'may have 32768 characters'],
  ])('%s', (_, schema, message) => {
    expect(() => compileSchema(schema)).toThrow(SchemaError);
    expect(() => compileSchema(schema)).toThrow(message);
  });
});

describe('a hostile JSON Schema', () => {
  const wall = [{ path: '', message: expect.stringContaining('longer than 1000 ms') }];

  it('has its patterns matched in linear time', () => {
    expect(check({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}b`)).toHaveLength(1);
    expect(check({ patternProperties: { '^(a+)+$': false } }, { [`${'a'.repeat(5_000)}b`]: 1 })).toEqual([]);
  });

  it('that doubles its work with each reference is stopped', () => {
    const $defs: Record<string, unknown> = { a30: { type: 'string' } };
    for (let at = 0; at < 30; at += 1) {
      const next = { $ref: `#/$defs/a${at + 1}` };
      $defs[`a${at}`] = { anyOf: [next, next] };
    }
    expect(check({ $defs, $ref: '#/$defs/a0' }, 1)).toEqual(wall);
  });

  it('that compares everything with everything is stopped', () => {
    const items = Array.from({ length: 50_000 }, (_, at) => ({ at }));
    expect(check({ uniqueItems: true }, items)).toEqual(wall);
  });

  it('that refers to itself without end is an issue, no crash', () => {
    expect(check({ $ref: '#' }, 1)).toEqual([
      { path: '', message: 'could not be checked against its JSON Schema: Maximum call stack size exceeded' },
    ]);
  });
});
