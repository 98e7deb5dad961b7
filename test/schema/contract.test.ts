import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { exampleQuery, schema } from '../../src/schema/index.ts';

const contract = buildSchema(readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8'));

describe('the query that GraphiQL shows first', () => {
  it('is valid', () => {
    expect(validate(schema, parse(exampleQuery))).toEqual([]);
  });
});

describe('the printed schema', () => {
  it('holds all of the contract, with its names, arguments and nullability', () => {
    expect(missing(contract, schema)).toEqual([]);
  });

  it('describes every root field', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) => Object.values(root?.getFields() ?? {}));
    expect(fields.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });
});

function missing(promised: GraphQLSchema, kept: GraphQLSchema): string[] {
  return Object.values(promised.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => missingOf(type, kept.getType(type.name)));
}

function missingOf(promised: GraphQLNamedType, kept: GraphQLNamedType | undefined): string[] {
  const { name } = promised;
  if (!kept || kept.constructor !== promised.constructor) return [`type ${name}`];

  if (isEnumType(promised) && isEnumType(kept))
    return promised
      .getValues()
      .filter((value) => !kept.getValue(value.name))
      .map((value) => `${name}.${value.name}`);
  if (isUnionType(promised) && isUnionType(kept)) {
    const members = new Set(kept.getTypes().map((member) => member.name));
    return promised
      .getTypes()
      .filter((member) => !members.has(member.name))
      .map((member) => `${name} | ${member.name}`);
  }
  if (isInputObjectType(promised) && isInputObjectType(kept))
    return Object.values(promised.getFields()).flatMap((field) =>
      inputMissing(`${name}.${field.name}`, field, kept.getFields()[field.name]),
    );
  if (
    (isObjectType(promised) && isObjectType(kept)) ||
    (isInterfaceType(promised) && isInterfaceType(kept))
  ) {
    const interfaces = new Set(kept.getInterfaces().map((one) => one.name));
    return [
      ...promised
        .getInterfaces()
        .flatMap((one) => (interfaces.has(one.name) ? [] : [`${name} implements ${one.name}`])),
      ...Object.values(promised.getFields()).flatMap((field) =>
        fieldMissing(`${name}.${field.name}`, field, kept.getFields()[field.name]),
      ),
    ];
  }
  return [];
}

function fieldMissing(
  at: string,
  promised: GraphQLField<unknown, unknown>,
  kept: GraphQLField<unknown, unknown> | undefined,
): string[] {
  if (!kept) return [at];
  const differs =
    String(kept.type) === String(promised.type) ? [] : [`${at}: ${promised.type} is ${kept.type}`];
  const args = promised.args.flatMap((arg) =>
    inputMissing(
      `${at}(${arg.name})`,
      arg,
      kept.args.find(({ name }) => name === arg.name),
    ),
  );
  const demanded = kept.args
    .filter((arg) => isNonNullType(arg.type) && arg.defaultValue === undefined && arg.default === undefined)
    .filter((arg) => !promised.args.some(({ name }) => name === arg.name))
    .map((arg) => `${at}(${arg.name}) is demanded`);
  return [...differs, ...args, ...demanded];
}

function inputMissing(
  at: string,
  promised: Pick<GraphQLInputField, 'type' | 'default' | 'defaultValue'>,
  kept: Pick<GraphQLInputField, 'type' | 'default' | 'defaultValue'> | undefined,
): string[] {
  if (!kept) return [at];
  return String(kept.type) === String(promised.type) ? [] : [`${at}: ${promised.type} is ${kept.type}`];
}
