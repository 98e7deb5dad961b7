/** What the peers serve, and how they say that they do. Plain JavaScript: their types need not be installed to check ours. */
export const typeDefs = 'type Query { hello: String }';
export const resolvers = { Query: { hello: () => 'world' } };

export const tell = (server) => console.error(`answers at http://127.0.0.1:${server.address().port}/graphql`);
