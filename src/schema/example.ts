/** What GraphiQL shows first; a test runs it. */
export const exampleQuery = `# Choose an operation and run it. The folder examples/ has more.

mutation OpenSession {
  createSession {
    ... on Session { id expiresAt }
    ... on Error { message }
  }
}

query Overview {
  diagnostics { version store { kind } queues { name waiting active failed } subscribers }
  jobs(first: 5) {
    totalCount
    edges { node { id kind status progress { step total message } } }
  }
}

subscription Jobs {
  jobChanges { id kind status progress { step total message fraction } }
}
`;
