import type pg from 'pg';

/** Closes a connection whose peer says nothing: `end()` would wait for it. What is under way fails at once. */
export function hangUp(client: pg.ClientBase): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  // Said before the socket's end is noticed, so that no pool hands it out in between.
  (client as pg.Client).end().catch(() => {});
  connection.stream.destroy();
}

/**
 * Closes a client when one of its queries met its `query_timeout`. Without that a pool would hand the dead connection to
 * the next, for as long as the operating system believes in it.
 */
export function hangUpWhenSilent(client: pg.ClientBase): void {
  const ask = client.query.bind(client) as (...query: unknown[]) => unknown;
  client.query = ((...query: unknown[]) => {
    const answer = ask(...query);
    if (answer instanceof Promise)
      answer.catch((error: unknown) => {
        if (error instanceof Error && error.message === 'Query read timeout') hangUp(client);
      });
    return answer;
  }) as typeof client.query;
}
