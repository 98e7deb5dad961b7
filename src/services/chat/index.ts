/**
 * Chat: the services that answer one message of a conversation, the legacy one and its successor. They
 * know models and HTTP; of sessions and flags they hear nothing.
 */
export { ChatServiceError } from './errors.ts';
export { replyFailure } from './job-failure.ts';
export { LegacyCompletionsChat } from './legacy-completions.ts';
export { type LegacyFields, LegacyHttpChat, type LegacyHttpSettings } from './legacy-http.ts';
export { NewChat } from './new-chat.ts';
export type * from './types.ts';
