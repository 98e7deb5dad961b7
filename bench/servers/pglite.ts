/** The floor of a start with an embedded database: opens it, asks one thing, answers. */
import { createServer } from 'node:http';
import { PGlite } from '@electric-sql/pglite';
import { announce } from './answering.ts';

const pglite = await PGlite.create({ dataDir: `${process.env.DATA_DIR}/postgres` });
await pglite.query('select 1');
announce(createServer((_, response) => response.end('ok')));
process.on('SIGTERM', () => void pglite.close().then(() => process.exit(0)));
