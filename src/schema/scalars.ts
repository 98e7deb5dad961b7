import { GraphQLError, Kind, type ValueNode } from 'graphql';
import type { Upload } from '../services/index.ts';
import { builder } from './builder.ts';

/** RFC 3339 with a zone, to the millisecond; more digits are cut. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

builder.scalarType('DateTime', {
  description: 'RFC 3339 instant, UTC.',
  serialize: (value) => (value as Date).toISOString(),
  parseValue(value) {
    const at = typeof value === 'string' && RFC_3339.test(value) ? new Date(value) : null;
    if (!at || Number.isNaN(at.getTime()))
      throw new GraphQLError('A DateTime is an RFC 3339 instant, for example "2026-01-31T09:30:00Z".');
    return at;
  },
});

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? {}),
});

builder.scalarType('File', {
  description: 'A file of a multipart request (GraphQL multipart request specification).',
  parseValue(value) {
    if (!isUpload(value))
      throw new GraphQLError('A File is sent as a part of a multipart request, not as a value.');
    return value;
  },
});

function isUpload(value: unknown): value is Upload {
  return (
    typeof value === 'object' && value !== null && 'stream' in value && typeof value.stream === 'function'
  );
}

function jsonOf(node: ValueNode, variables: Record<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, jsonOf(value, variables)]));
    case Kind.LIST:
      return node.values.map((value) => jsonOf(value, variables));
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value;
    case Kind.VARIABLE:
      return variables[node.name.value];
    case Kind.NULL:
      return null;
  }
}
