/**
 * Conversations: messages and their replies, and watching two personas talk. They know the services that answer only
 * by the router in front of them, and the conversation's memory.
 */
export { CHAT_TURN, chatTurnKind, TURN_TEXTS, type TurnInput } from './turn.ts';
export { ChatTurns, type SendMessage } from './turns.ts';
export { type WatchInput, watchKind } from './watch.ts';
export { type StartWatch, Watches } from './watches.ts';
