import { InvalidInputError, InvalidStateError, NotFoundError, RateLimitedError } from '../errors.ts';
import * as resolve from '../resolvers/session.ts';
import type { Message, Session as SessionModel } from '../services/index.ts';
import { builder } from './builder.ts';
import { Node } from './node.ts';

export const ConversationKind = builder.enumType('ConversationKind', {
  values: ['CHAT', 'SCENARIO', 'WATCH'] as const,
});
const ChatRole = builder.enumType('ChatRole', { values: ['SYSTEM', 'USER', 'ASSISTANT'] as const });
export const ServiceVersion = builder.enumType('ServiceVersion', { values: ['LEGACY', 'NEW'] as const });

const ChatMessage = builder.objectRef<Message>('ChatMessage').implement({
  fields: (t) => ({
    role: t.expose('role', { type: ChatRole }),
    content: t.exposeString('content'),
    at: t.expose('at', { type: 'DateTime' }),
    servedBy: t.expose('servedBy', {
      type: ServiceVersion,
      nullable: true,
      description: 'Null where a person said it, or where nobody knows.',
    }),
    interrupted: t.exposeBoolean('interrupted', {
      description: 'A reply that was cancelled, or failed, in the middle: this is what came until then.',
    }),
  }),
});

export const Session = builder.objectRef<SessionModel>('Session').implement({
  description: 'A user’s isolated working space: its conversations, its preferences, its jobs.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id'),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description:
        'Sliding: lastSeenAt plus the time to live (one hour unless configured). A job that is not over keeps the ' +
        'session alive.',
    }),
    chatModel: t.exposeString('chatModel', { nullable: true }),
    selectedVoice: t.exposeString('selectedVoice', { nullable: true }),
    currentScenario: t.exposeString('currentScenario', { nullable: true }),
    preferences: t.expose('preferences', {
      type: 'JSON',
      description: 'An object. `language: "ja"` makes progress and reports Japanese.',
    }),
    history: t.field({
      type: [ChatMessage],
      description: 'The newest messages, oldest first; at most 1,000.',
      args: {
        kind: t.arg({ type: ConversationKind, required: true, defaultValue: 'CHAT' }),
        last: t.arg.int({ required: true, defaultValue: 50 }),
      },
      resolve: resolve.history,
    }),
    export: t.field({
      type: 'JSON',
      description:
        'Everything kept of the session, as one document. `truncated` names what is too much for it and of which only ' +
        'the newest is there: a kind of conversation with more than 16 Mi characters, more than 1,000 `jobs`.',
      resolve: resolve.exported,
    }),
  }),
});

builder.queryField('session', (t) =>
  t.field({
    type: Session,
    nullable: true,
    description: 'Looking at a session is using it: its expiry moves.',
    args: { id: t.arg.id({ required: true }) },
    resolve: resolve.session,
  }),
);

const CreateSessionInput = builder.inputType('CreateSessionInput', {
  fields: (t) => ({
    legacyId: t.string({
      description:
        'The id of a session of the legacy application, where that shares its sessions: its conversations and settings ' +
        'go on in this one. Only one session can have it. The bare id: of a signed cookie, what is before the dot.',
    }),
    chatModel: t.string(),
    selectedVoice: t.string(),
    currentScenario: t.string(),
    preferences: t.field({ type: 'JSON', description: 'An object of at most 64 KiB and 100 levels.' }),
  }),
});

const UpdateSessionInput = builder.inputType('UpdateSessionInput', {
  description: 'What is absent stays; null forgets.',
  fields: (t) => ({
    id: t.id({ required: true }),
    chatModel: t.string(),
    selectedVoice: t.string(),
    currentScenario: t.string(),
    preferences: t.field({ type: 'JSON', description: 'Replaces the preferences as a whole.' }),
  }),
});

const ClearSessionInput = builder.inputType('ClearSessionInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    history: t.field({
      type: [ConversationKind],
      description: 'Which conversations to forget; none named means all, and the preferences too.',
    }),
  }),
});

const CloseSessionInput = builder.inputType('CloseSessionInput', {
  description:
    'Cancels what still runs, waits up to waitSeconds for it to stop, then deletes the session with all that it owns.',
  fields: (t) => ({
    id: t.id({ required: true }),
    waitSeconds: t.float({ required: true, defaultValue: 1, description: '0 to 60.' }),
  }),
});

const ClosedSession = builder.objectRef<{ id: string; cancelledJobs: number }>('ClosedSession').implement({
  fields: (t) => ({ id: t.exposeID('id'), cancelledJobs: t.exposeInt('cancelledJobs') }),
});

builder.mutationFields((t) => ({
  createSession: t.field({
    type: Session,
    description: 'Opens a session for the caller.',
    errors: {
      types: [InvalidInputError, InvalidStateError, RateLimitedError],
      union: { name: 'CreateSessionResult' },
    },
    args: { input: t.arg({ type: CreateSessionInput, required: true, defaultValue: {} }) },
    resolve: resolve.createSession,
  }),
  updateSession: t.field({
    type: Session,
    description: 'Changes what is given and leaves the rest.',
    errors: { types: [InvalidInputError, NotFoundError], union: { name: 'UpdateSessionResult' } },
    args: { input: t.arg({ type: UpdateSessionInput, required: true }) },
    resolve: resolve.updateSession,
  }),
  clearSession: t.field({
    type: Session,
    description: 'Forgets conversations; jobs and datasets stay.',
    errors: { types: [NotFoundError], union: { name: 'ClearSessionResult' } },
    args: { input: t.arg({ type: ClearSessionInput, required: true }) },
    resolve: resolve.clearSession,
  }),
  closeSession: t.field({
    type: ClosedSession,
    description: 'Deletes a session with all that it owns, or says why not and deletes nothing.',
    errors: { types: [NotFoundError, InvalidStateError], union: { name: 'CloseSessionResult' } },
    args: { input: t.arg({ type: CloseSessionInput, required: true }) },
    resolve: resolve.closeSession,
  }),
}));
