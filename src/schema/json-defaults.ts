import { type GraphQLSchema, getNamedType, isInputObjectType } from 'graphql';

/**
 * Gives defaults of JSON fields in the form that graphql can print: in their older form, which Pothos knows, an object
 * has no literal, and introspection would fail.
 */
export function printableJsonDefaults(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.defaultValue === undefined || getNamedType(field.type).name !== 'JSON') continue;
      field.default = { value: field.defaultValue };
      field.defaultValue = undefined;
    }
  }
  return schema;
}
