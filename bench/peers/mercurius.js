/** Mercurius on Fastify, as its documentation starts it; `jit` compiles queries. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { resolvers, tell, typeDefs } from './hello.js';

const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers, ...(process.argv[2] === 'jit' && { jit: 1 }) });
await app.listen({ host: '127.0.0.1', port: 0 });
tell(app.server);
