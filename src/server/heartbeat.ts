import { WebSocket } from 'ws';
import type { Connection } from './connection.ts';
import type { ServerLimits } from './limits.ts';

/** Turns in which all are asked once: twenty thousand pings at a time would hold up everybody else. */
const TURNS = 30;

/** What we are told of those that are gone. */
type Ended = (connection: Connection, why: 'silent' | 'idle') => void;

/**
 * Finds out about peers that vanished without a word, and about those that want nothing. One timer asks all of them,
 * some at each of its turns.
 */
export class Heartbeat {
  readonly #limits: Pick<ServerLimits, 'pingMs' | 'idleMs'>;
  readonly #ended: Ended;
  readonly #asked: readonly Set<Connection>[] = Array.from({ length: TURNS }, () => new Set<Connection>());
  #turn = 0;
  #newcomers = 0;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Pick<ServerLimits, 'pingMs' | 'idleMs'>, ended: Ended) {
    this.#limits = limits;
    this.#ended = ended;
  }

  /** @returns Lets it go, once. */
  watch(connection: Connection): () => void {
    const asked = this.#asked[this.#newcomers++ % TURNS]!;
    asked.add(connection);
    this.#count += 1;
    this.#timer ??= setInterval(() => this.#ask(), this.#limits.pingMs / TURNS);
    return () => {
      if (!asked.delete(connection)) return;
      this.#count -= 1;
      if (this.#count > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #ask(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    for (const connection of this.#asked[this.#turn]!) {
      const { socket } = connection;
      // A ping behind unsent bytes could not be answered yet, and each would keep a pool of 64 KiB alive while it waits.
      // There the stall limit counts.
      const reachable = socket.bufferedAmount === 0;
      if (reachable && !connection.answered) this.#ended(connection, 'silent');
      else if (connection.idleMs >= this.#limits.idleMs) this.#ended(connection, 'idle');
      else if (!reachable) connection.answered = true;
      else if (socket.readyState === WebSocket.OPEN) {
        connection.answered = false;
        socket.ping();
      }
    }
  }
}
