import { z } from 'zod';
import { httpUrl, integer, oneOf, type Setting } from './values.ts';

const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a URL that begins with postgres://');

/** Databases and files, how long things live, and what one process takes on. */
export const keeping = {
  DATA_DIR: {
    schema: z.string().min(1),
    default: './.signalbox',
    meaning: 'Folder of the embedded database and of uploaded files.',
  },
  DATABASE_URL: {
    schema: postgresUrl,
    default: undefined,
    meaning: 'A Postgres server. Without it the gateway runs its own, embedded, in DATA_DIR.',
  },
  DATABASE_BACKEND: {
    schema: oneOf('postgres', 'citus', 'cockroachdb', 'yugabytedb'),
    default: 'postgres',
    meaning: 'What DATABASE_URL leads to.',
  },
  DATABASE_CONNECTIONS: {
    schema: integer(2, 1_000),
    default: '10',
    meaning: 'Connections of one process to DATABASE_URL.',
  },
  S3_BUCKET: {
    schema: z.string().min(1),
    default: undefined,
    meaning: 'Bucket for uploaded files, instead of DATA_DIR. Credentials as the AWS SDK finds them.',
  },
  S3_REGION: { schema: z.string().min(1), default: 'us-east-1', meaning: 'Region of S3_BUCKET.' },
  S3_ENDPOINT: {
    schema: httpUrl,
    default: undefined,
    meaning: 'A server that speaks S3, where S3_BUCKET is not at AWS.',
  },
  SESSION_TTL_SECONDS: {
    schema: integer(1, 31_536_000),
    default: '3600',
    meaning: 'How long a session lives after its last use.',
  },
  JOB_RETENTION_SECONDS: {
    schema: integer(60, 315_360_000),
    default: '2592000',
    meaning: 'How long a job that is over is kept, with its log and answer.',
  },
  MAX_UPLOAD_BYTES: {
    schema: integer(1_024, 10_737_418_240),
    default: '104857600',
    meaning: 'Bytes of one uploaded file.',
  },
  ANALYSES_AT_ONCE: {
    schema: integer(1, 256),
    default: '4',
    meaning: 'Analyses that one process runs at a time; each may need a sandbox of 1 GiB.',
  },
} as const satisfies Record<string, Setting>;
