import SchemaBuilder from '@pothos/core';
import ErrorsPlugin from '@pothos/plugin-errors';
import type { Context } from '../resolvers/context.ts';
import type { Upload } from '../services/index.ts';

export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    JSON: { Input: unknown; Output: unknown };
    File: { Input: Upload; Output: never };
  };
}>({
  defaultFieldNullability: false,
  plugins: [ErrorsPlugin],
  errors: { directResult: true },
});

builder.queryType();
builder.mutationType();
builder.subscriptionType();
