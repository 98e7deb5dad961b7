import { knownAmong, NOTHING_SEEN, remember, type SeenHistory } from './alignment.ts';
import { type Append, appliedIn } from './appends.ts';
import type { LegacyDocument } from './document.ts';
import {
  entryOf,
  type History,
  historiesOf,
  isNamelessMark,
  isNumberMarkOf,
  kindOfField,
  NO_SCENARIO,
  placeFor,
  placeOf,
  withHistory,
} from './histories.ts';
import type { Held, Import, MarkedMessage, Seen } from './plan.ts';
import { COMPARED, type OwnMessage, restored } from './restoring.ts';
import { type ConversationName, conversationOf, kindOf, WINDOW } from './types.ts';

/** A conversation that is gone; or with `whole` all of its kind, where one list holds them. */
export interface Forgotten {
  conversation: ConversationName;
  whole: boolean;
}

const covers =
  ({ conversation: name }: MarkedMessage) =>
  ({ conversation, whole }: Forgotten): boolean =>
    whole ? kindOf(name) === conversation : name === conversation;

const nameOf = ({ mark, role }: { mark: string | null; role: string }): string => `${mark} ${role}`;

/** Brings the histories of one document together with our messages. */
export class HistoryMerge {
  document: LegacyDocument | null;
  readonly #sessionId: string;
  readonly #seen: Seen | null;
  readonly #now: Date;
  readonly #histories: Map<string, History>;
  /** For each entry of a history, whether our table has it. */
  readonly #known: Map<string, boolean[]>;
  readonly #applied: number;

  constructor(document: LegacyDocument | null, sessionId: string, seen: Seen | null, now: Date) {
    this.document = document;
    this.#sessionId = sessionId;
    this.#seen = seen;
    this.#now = now;
    this.#applied = appliedIn(document);
    this.#histories = new Map((document ? historiesOf(document) : []).map((one) => [placeOf(one), one]));
    this.#known = new Map(
      [...this.#histories].map(([place, { entries }]) => [
        place,
        knownAmong(seen?.histories[place] ?? NOTHING_SEEN, entries).map(
          (is, index) => is || isNumberMarkOf(sessionId, entries[index]!.mark),
        ),
      ]),
    );
  }

  /** Histories that lost all that was seen in them, and are too short to have lost it by dropping the oldest. */
  forgotten(): Forgotten[] {
    return Object.entries(this.#seen?.histories ?? {}).flatMap(([place, { tokens }]): Forgotten[] => {
      const entries = this.#histories.get(place)?.entries ?? [];
      const known = this.#known.get(place) ?? [];
      const kept = entries.some(({ message }, index) => message && known[index]);
      const [field = '', ...rest] = place.split('/');
      const kind = kindOfField(field);
      if (!kind || kept || entries.length >= WINDOW || tokens.every((token) => token === '')) return [];
      if (rest.length === 0) return [{ conversation: kind, whole: true }];
      const key = rest.join('/');
      return [{ conversation: conversationOf(kind, key === NO_SCENARIO ? null : key), whole: false }];
    });
  }

  /**
   * Gives the histories back what they lack of our table's newest, in its order, and tells anew what is known in them.
   *
   * @param isCopy The document is not the one that was seen last, but one from before it, or a new one.
   */
  restore(ours: readonly OwnMessage[], isCopy: boolean): void {
    const kinds = Map.groupBy(ours, ({ conversation }) => kindOf(conversation));
    const places = Map.groupBy(ours, (message) => this.#placeOf(message));
    for (const [place, said] of places) {
      const history = this.#histories.get(place)!;
      const { entries, known } = restored({
        sessionId: this.#sessionId,
        entries: history.entries,
        known: this.#known.get(place) ?? [],
        ours: said,
        isAll: (kinds.get(kindOf(history.conversation))?.length ?? 0) < COMPARED,
        isCopy,
      });
      this.#known.set(place, [...known]);
      if (
        entries.length === history.entries.length &&
        entries.every((one, at) => one === history.entries[at])
      )
        continue;
      this.#histories.set(place, { ...history, entries });
      this.document = this.document && withHistory(this.document, history, entries);
    }
  }

  /**
   * What our table lacks: what the legacy application added, and our own turns, in the order in which the document
   * has them. Turns that it has dropped already come first, unless it forgot them, and those that it is still to be
   * given last.
   */
  imports(unsaid: Held['unsaid'], appends: readonly Append[], forgotten: readonly Forgotten[]): Import[] {
    const ours = new Set(unsaid.map(nameOf));
    const waiting = new Map(
      appends.flatMap(({ messages }) => (messages ?? []).map((one) => [nameOf(one), one])),
    );
    const present = new Set([...this.#histories.values()].flatMap(({ entries }) => entries.flatMap(namesOf)));
    const written = this.#written(appends, present);

    const dropped = appends.flatMap(({ number, messages }) =>
      number <= written
        ? (messages ?? []).filter((one) => !present.has(nameOf(one)) && !forgotten.some(covers(one)))
        : [],
    );
    const there = [...this.#histories].flatMap(([place, { conversation, entries }]) =>
      entries.flatMap(({ message, mark }, index): Import[] => {
        if (!message) return [];
        const name = nameOf({ mark, role: message.role });
        const own = waiting.get(name);
        if (own) return [own];
        if (this.#known.get(place)?.[index] || ours.has(name)) return [];
        const at = message.at ?? this.#now;
        return [{ ...message, conversation, at, mark: isNamelessMark(mark) ? null : mark }];
      }),
    );
    const rest = appends.flatMap(({ number, messages }) =>
      number > written ? (messages ?? []).filter((message) => !present.has(nameOf(message))) : [],
    );
    return [...dropped, ...there, ...rest];
  }

  /** Messages of our table go before what the legacy application added, as they do in our table. */
  say(unsaid: readonly MarkedMessage[]): void {
    // Some may be there already: who wrote them died before our table knew.
    const ours = new Set(unsaid.map(nameOf));
    for (const [place, { entries }] of this.#histories) {
      const known = this.#known.get(place) ?? [];
      const isOurs = entries.map((entry) => namesOf(entry).some((name) => ours.has(name)));
      this.#known.set(
        place,
        isOurs.map((is, index) => is || known[index] === true),
      );
    }
    for (const message of unsaid) this.#insert(message, 'before what is new');
  }

  sayAppends(appends: readonly Append[]): void {
    const present = new Set([...this.#histories.values()].flatMap(({ entries }) => entries.flatMap(namesOf)));
    const written = this.#written(appends, present);
    for (const { number, messages } of appends)
      if (number > written) for (const message of messages ?? []) this.#insert(message, 'at the end');
  }

  remembered(): Record<string, SeenHistory> {
    const filled = [...this.#histories].filter(([, { entries }]) => entries.length > 0);
    return Object.fromEntries(filled.map(([place, { entries }]) => [place, remember(entries)]));
  }

  /** Appends are written in order: where one of them is in the document, so were those before it. */
  #written(appends: readonly Append[], present: ReadonlySet<string>): number {
    const last = appends.findLast(({ messages }) =>
      messages?.some((message) => present.has(nameOf(message))),
    );
    return Math.max(this.#applied, last?.number ?? 0);
  }

  /** Names the history that a message belongs to, which is there then. */
  #placeOf({ conversation }: MarkedMessage): string {
    if (!this.document) return '';
    const at = placeFor(this.document, conversation);
    const place = placeOf(at);
    if (!this.#histories.has(place)) {
      this.#histories.set(place, { ...at, conversation, entries: [] });
      this.document = withHistory(this.document, at, []);
    }
    return place;
  }

  #insert(message: MarkedMessage, where: 'before what is new' | 'at the end'): void {
    if (!this.document) return;
    const place = this.#placeOf(message);
    const history = this.#histories.get(place)!;
    const { entries } = history;
    if (entries.flatMap(namesOf).includes(nameOf(message))) return;

    const known = this.#known.get(place) ?? [];
    const at = where === 'at the end' ? entries.length : known.lastIndexOf(true) + 1;
    const all = entries.toSpliced(at, 0, entryOf(message, message.mark));
    const dropped = Math.max(0, all.length - WINDOW);
    this.#known.set(place, known.toSpliced(at, 0, true).slice(dropped));
    this.#histories.set(place, { ...history, entries: all.slice(dropped) });
    this.document = withHistory(this.document, history, all.slice(dropped));
  }
}

const namesOf = ({ message, mark }: History['entries'][number]): string[] =>
  message && mark !== null ? [nameOf({ mark, role: message.role })] : [];
