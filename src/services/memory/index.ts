/**
 * Memory: what was said in a session's conversations, shared with the legacy application while the move is under way.
 * It knows the tables, and the places where the legacy application keeps its sessions.
 */
export { connectLegacyStore, type LegacyStoreSettings } from './connect.ts';
export { LegacyDocumentError, LegacySessionsUnavailableError } from './errors.ts';
export { ConversationMemory, type ExportedMemory } from './memory.ts';
export type { Recent } from './reading.ts';
export type { LegacyStore } from './store.ts';
export type { ConversationKind, ConversationName, MemoryPlace, Message, NewMessage } from './types.ts';
