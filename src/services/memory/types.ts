import type { ServiceVersion } from '../chat/index.ts';

export type ConversationKind = 'CHAT' | 'SCENARIO' | 'WATCH';

/**
 * One conversation: a kind, or a kind and the scenario that it is about, as in `SCENARIO:late-project`. Asked for the
 * kind alone, one gets what was said in all of it.
 */
export type ConversationName = ConversationKind | `${'SCENARIO' | 'WATCH'}:${string}`;

export type Role = 'SYSTEM' | 'USER' | 'ASSISTANT';

/** A message that is about to enter a conversation. */
export interface NewMessage {
  role: Role;
  content: string;
  /** Which service wrote it; null for the user's. */
  servedBy: ServiceVersion | null;
  /** A reply that was cancelled, or failed, in the middle. */
  interrupted?: boolean;
}

export interface Message extends Required<NewMessage> {
  at: Date;
}

/** Where a session's conversations have their truth: in the legacy application's document, or in our table. */
export type MemoryPlace = ServiceVersion;

export const KINDS: readonly ConversationKind[] = ['CHAT', 'SCENARIO', 'WATCH'];

export const kindOf = (name: string): ConversationKind => name.split(':', 1)[0] as ConversationKind;

/** The scenario that a conversation is about; null: none, or it is not known. */
export const scenarioOf = (name: string): string | null =>
  name.includes(':') ? name.slice(name.indexOf(':') + 1) : null;

export const conversationOf = (kind: ConversationKind, scenario: string | null): ConversationName =>
  scenario === null || kind === 'CHAT' ? kind : `${kind}:${scenario}`;

/** Messages of a conversation that the legacy application keeps, and that go to a model. */
export const WINDOW = 50;
