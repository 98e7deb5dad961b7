/** Mercurius on Fastify with its own subscriptions, as its documentation starts them. */
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { tell } from './hello.js';
import { publishWith, resolversWith, typeDefs } from './subscriptions.js';

const app = Fastify();
const resolvers = resolversWith((jobId, { pubsub }) => pubsub.subscribe(jobId));
app.register(mercurius, { schema: typeDefs, resolvers, subscription: true });
await app.listen({ host: '127.0.0.1', port: 0, backlog: 4096 });

publishWith((topic, payload) => app.graphql.pubsub.publish({ topic, payload }));
tell(app.server);
