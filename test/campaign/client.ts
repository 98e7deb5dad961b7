import { setTimeout as delay } from 'node:timers/promises';
import type { Entrance } from './entrance.ts';
import type { Ledger } from './ledger.ts';
import { type Order, orderOf, type Place } from './orders.ts';
import type { Pace, Plan } from './plan.ts';
import { Random } from './random.ts';
import { Subscriber } from './subscriber.ts';

/** How often an order that was accepted is sent again, as by a client that lost its answer. */
const ASKED_AGAIN = 0.1;
const IDLE_MS = 200;
const BUSY_MS = 1_000;

interface Needs {
  plan: Plan;
  entrance: Entrance;
  ledger: Ledger;
  pace: Pace;
  places: readonly Place[];
  signal: AbortSignal;
}

interface Answer {
  started: { __typename: string; id?: string; message?: string };
}

/**
 * One client: it orders a job whenever there is one to order and follows it from its first event to its end. In
 * between it follows the jobs of others, from wherever in their logs.
 */
export async function live(number: number, needs: Needs): Promise<void> {
  const { plan, entrance, ledger, pace, places, signal } = needs;
  const random = new Random(plan.seed, `client ${number}`);
  using subscriber = new Subscriber({ urls: entrance.urls, ledger, random, signal });

  while (!pace.over) {
    signal.throwIfAborted();
    if (pace.mayStart) {
      const wanted = orderOf(pace.started, plan.seed, places, new Random(plan.seed, `order ${pace.started}`));
      pace.started += 1;
      const id = await place(wanted, subscriber.gateway, needs);
      if (id && random.chance(ASKED_AGAIN)) await again(wanted, id, subscriber.gateway + 1, needs);
      if (id) await subscriber.follow(id, 0);
      pace.ended += 1;
      continue;
    }
    const other = ledger.open.length > 0 ? random.pick(ledger.open) : undefined;
    if (other) await subscriber.follow(other.id, random.below(other.story.length));
    else await delay(IDLE_MS, undefined, { signal });
  }
}

/** Asks until some gateway says that the job is accepted. */
async function place(
  order: Order,
  first: number,
  { entrance, ledger, signal }: Needs,
): Promise<string | null> {
  const again = () => {
    ledger.counts.retriedStarts += 1;
  };
  for (;;) {
    const { started } = await entrance.ask<Answer>(order.mutation, { input: order.input }, { first, again });
    if (started.id) {
      ledger.accept(started.id, order);
      return started.id;
    }
    if (started.__typename !== 'RateLimitedError') {
      ledger.violate('an order was refused', undefined, { order, started });
      return null;
    }
    await delay(BUSY_MS, undefined, { signal });
  }
}

async function again(order: Order, id: string, first: number, { entrance, ledger }: Needs): Promise<void> {
  ledger.counts.askedAgain += 1;
  const { started } = await entrance.ask<Answer>(order.mutation, { input: order.input }, { first });
  if (started.id !== id) ledger.violate('the same key gave another job', id, { order, started });
}
