/** Apollo Server with Express and graphql-ws, as its documentation joins them. */
import { createServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import { expressMiddleware } from '@as-integrations/express5';
import { makeExecutableSchema } from '@graphql-tools/schema';
import express from 'express';
import { PubSub } from 'graphql-subscriptions';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { tell } from './hello.js';
import { publishWith, resolversWith, typeDefs } from './subscriptions.js';

const pubsub = new PubSub();
const resolvers = resolversWith((jobId) => pubsub.asyncIterableIterator(jobId));
const schema = makeExecutableSchema({ typeDefs, resolvers });
const app = express();
const httpServer = createServer(app);
const wsServer = new WebSocketServer({ server: httpServer, path: '/graphql' });
const serverCleanup = useServer({ schema }, wsServer);
const server = new ApolloServer({
  schema,
  plugins: [
    ApolloServerPluginDrainHttpServer({ httpServer }),
    {
      async serverWillStart() {
        return { drainServer: async () => serverCleanup.dispose() };
      },
    },
  ],
});
await server.start();
app.use('/graphql', express.json(), expressMiddleware(server));

publishWith((topic, payload) => pubsub.publish(topic, payload));
httpServer.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => tell(httpServer));
