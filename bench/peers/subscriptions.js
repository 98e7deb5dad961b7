/** What the peers publish: the schema's part that `jobProgress` needs, and orders from the process that measures. */
import { copied, publishing, takeOrders } from '../servers/answering.ts';

export const typeDefs = `
  interface JobEvent { seq: Int! }
  type JobStatusChanged implements JobEvent { seq: Int! status: String! }
  type JobLogged implements JobEvent { seq: Int! message: String! }
  type Query { hello: String }
  type Subscription { jobProgress(jobId: ID!): JobEvent! }
`;

/** @param subscribe Gives what is published on a topic. */
export const resolversWith = (subscribe) => ({
  Query: { hello: () => 'world' },
  Subscription: { jobProgress: { subscribe: (_, { jobId }, context) => subscribe(jobId, context) } },
});

export const publishWith = (publish) =>
  takeOrders({
    publish: ({ topics, message, ...publication }) =>
      publishing(topics.length, publication, (topic) => {
        const jobProgress = { __typename: 'JobLogged', seq: 100, message: copied(message) };
        publish(topics[topic], { jobProgress });
      }),
  });
