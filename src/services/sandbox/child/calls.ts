/** A call from the program's thread to the first one that waits for its answer. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type Failure, fromFailure } from '../protocol.ts';
import type { Rows } from './duckdb.ts';
import type { Parameter } from './parameters.ts';

export interface Query {
  sql: string;
  parameters: Parameter[];
  most: number;
}

export type QueryReply = { rows: Rows } | { failure: Failure };
export type Ask = (query: Query) => Rows;

/** The calling end. */
export function caller(port: MessagePort, flag: Int32Array): Ask {
  return (query) => {
    Atomics.store(flag, 0, 0);
    port.postMessage(query);
    Atomics.wait(flag, 0, 0);
    const reply = (receiveMessageOnPort(port) as { message: QueryReply }).message;
    if ('failure' in reply) throw fromFailure(reply.failure);
    return reply.rows;
  };
}

/** The answering end, once its message is posted. */
export function answered(flag: Int32Array): void {
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}
