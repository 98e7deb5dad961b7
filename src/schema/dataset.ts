import { InvalidInputError, NotFoundError, RateLimitedError } from '../errors.ts';
import * as resolve from '../resolvers/dataset.ts';
import type { ColumnProfile, Dataset as DatasetModel } from '../services/index.ts';
import { builder } from './builder.ts';
import { Node } from './node.ts';

const DatasetFormat = builder.enumType('DatasetFormat', {
  values: ['CSV', 'TSV', 'JSON', 'NDJSON', 'PARQUET'] as const,
});

const DatasetColumn = builder.objectRef<ColumnProfile>('DatasetColumn').implement({
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As the file spells it, made unique and never empty.' }),
    type: t.exposeString('type', { description: 'DuckDB’s name of the type, for example VARCHAR or DATE.' }),
    nullCount: t.exposeInt('nullCount'),
    distinctCount: t.exposeInt('distinctCount'),
    min: t.exposeString('min', { nullable: true }),
    max: t.exposeString('max', { nullable: true }),
    examples: t.exposeStringList('examples', { description: 'At most 5 values, the most frequent first.' }),
  }),
});

export const Dataset = builder.objectRef<DatasetModel>('Dataset').implement({
  description: 'An uploaded table.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id'),
    name: t.exposeString('name'),
    format: t.expose('format', { type: DatasetFormat }),
    bytes: t.exposeInt('bytes'),
    rowCount: t.exposeInt('rowCount'),
    columns: t.expose('columns', { type: [DatasetColumn] }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

const UploadDatasetInput = builder.inputType('UploadDatasetInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    file: t.field({ type: 'File', required: true }),
    name: t.string({ description: 'Instead of the file’s own name.' }),
  }),
});

builder.queryField('dataset', (t) =>
  t.field({
    type: Dataset,
    nullable: true,
    description: 'Null where it is not there, or belongs to somebody else.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.dataset,
  }),
);

builder.mutationField('uploadDataset', (t) =>
  t.field({
    type: Dataset,
    description: 'Stores a CSV, TSV, JSON, NDJSON or Parquet file and describes its table.',
    errors: {
      types: [InvalidInputError, NotFoundError, RateLimitedError],
      union: { name: 'UploadDatasetResult' },
    },
    args: { input: t.arg({ type: UploadDatasetInput, required: true }) },
    resolve: resolve.uploadDataset,
  }),
);
