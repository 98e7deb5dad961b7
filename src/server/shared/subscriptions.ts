import type { Logger } from 'pino';
import { Call } from '../call.ts';
import type { PublicErrors } from '../errors.ts';
import type { Presence } from '../presence.ts';
import { canonical } from './canonical.ts';
import { Group } from './group.ts';
import { Member } from './member.ts';
import type { Offer } from './offer.ts';
import type { Outlet } from './outlet.ts';
import { Pace } from './pace.ts';
import type { Selection } from './selection.ts';
import type { SharedLog } from './source.ts';
import { Turn } from './turn.ts';

interface Needs {
  errors: PublicErrors;
  presence: Presence;
  log: Logger;
  /** What resolvers see when they are asked in a group's name. */
  contextFor: (call: Call) => object;
}

/**
 * Subscriptions that share their work. Everything that can change what a member may see is part of the key: the log it
 * was let in to, the viewer with all rights, the document, and the variables that the document uses on events.
 */
export class SharedSubscriptions {
  readonly turn = new Turn();
  /** Of all groups together: no one of them may hold up the others. */
  readonly #pace = new Pace();
  readonly #needs: Needs;
  readonly #groups = new WeakMap<SharedLog, Map<Selection, Map<string, Group>>>();

  constructor(needs: Needs) {
    this.#needs = needs;
  }

  /** A subscription's own end of it: see `Member`. */
  join(offer: Offer, { id, call, outlet }: { id: string; call: Call; outlet: Outlet }): Member {
    const { errors, presence } = this.#needs;
    const { log, leave } = offer.source.join();
    const unsubscribe = presence.subscribe();
    const member = new Member({
      id,
      call,
      outlet,
      errors,
      group: this.#groupOf(log, offer, call),
      after: offer.source.after,
      onEnd: () => {
        leave();
        unsubscribe();
      },
    });
    member.start();
    return member;
  }

  #groupOf(log: SharedLog, { selection, args, variables }: Offer, founder: Call): Group {
    const bySelection = this.#groups.get(log) ?? new Map<Selection, Map<string, Group>>();
    const byScope = bySelection.get(selection) ?? new Map<string, Group>();
    this.#groups.set(log, bySelection.set(selection, byScope));

    const key = `${canonical(founder.viewer)} ${selection.keyOf(variables)}`;
    const known = byScope.get(key);
    if (known) return known;

    const call = new Call(this.#needs.log);
    call.viewer = founder.viewer;
    call.operation = founder.operation;
    const group = new Group({
      log,
      selection,
      args,
      variables,
      call,
      context: this.#needs.contextFor(call),
      errors: this.#needs.errors,
      turn: this.turn,
      pace: this.#pace,
      onEmpty: () => {
        byScope.delete(key);
        if (byScope.size === 0) bySelection.delete(selection);
      },
    });
    byScope.set(key, group);
    return group;
  }
}
