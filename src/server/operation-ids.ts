import { randomUUID } from 'node:crypto';

/**
 * What graphql-ws calls the operations of a connection. It tells them apart by their ids alone, and a client may use one
 * again while the operation before still stops: that one's end would be taken for the next one's. There the next gets
 * an id of ours, which nobody outside sees.
 */
export class OperationIds {
  /** Those that graphql-ws is not done with, and whether the client still waits for them. */
  readonly #inside = new Map<string, boolean>();
  /** Ids of ours by the client's, for those that it still waits for, and the other way round for all. */
  #ours: Map<string, string> | undefined;
  #theirs: Map<string, string> | undefined;

  /** @returns What the client's next operation of this id is called inside. One that runs: it is for graphql-ws to refuse. */
  begin(id: string): string {
    const running = this.#ours?.get(id);
    if (running) return running;
    const inner = this.#inside.get(id) === false ? randomUUID() : id;
    this.#inside.set(inner, true);
    if (inner !== id) {
      this.#ours ??= new Map();
      this.#theirs ??= new Map();
      this.#ours.set(id, inner);
      this.#theirs.set(inner, id);
    }
    return inner;
  }

  /** The client has left it. */
  leave(id: string): string {
    const inner = this.#ours?.get(id) ?? id;
    this.#ours?.delete(id);
    if (this.#inside.has(inner)) this.#inside.set(inner, false);
    return inner;
  }

  /** graphql-ws says nothing of it any more. */
  end(inner: string): void {
    const id = this.outside(inner);
    this.#inside.delete(inner);
    this.#theirs?.delete(inner);
    if (this.#ours?.get(id) === inner) this.#ours.delete(id);
  }

  /** As the client knows it. */
  outside(inner: string): string {
    return this.#theirs?.get(inner) ?? inner;
  }

  /** A message of graphql-ws as the client is to read it. Those of operations begin with the id. */
  translated(message: string): string {
    if (!this.#theirs?.size || !message.startsWith(BEFORE_ID)) return message;
    const end = BEFORE_ID.length + UUID_LENGTH;
    const id = this.#theirs.get(message.slice(BEFORE_ID.length, end));
    return id === undefined ? message : `{"id":${JSON.stringify(id)}${message.slice(end + 1)}`;
  }
}

const BEFORE_ID = '{"id":"';
const UUID_LENGTH = 36;
