import { InvalidInputError, NotFoundError, RateLimitedError, UpstreamError } from '../errors.ts';
import { IdempotencyConflictError, type Job as JobModel, SessionBusyError } from '../jobs/index.ts';
import * as resolve from '../resolvers/conversation.ts';
import type { Scenario as ScenarioModel } from '../services/index.ts';
import { builder } from './builder.ts';
import { Job } from './job.ts';
import { Node } from './node.ts';
import { ConversationKind, ServiceVersion } from './session.ts';

const Persona = builder.objectRef<ScenarioModel['personas'][number]>('Persona').implement({
  description: 'One of the two people of a scenario, as whoever plays it has to know.',
  fields: (t) => ({
    name: t.exposeString('name'),
    role: t.exposeString('role'),
    character: t.exposeString('character'),
    knows: t.string({
      nullable: true,
      description: 'What only this person knows when the conversation begins.',
      resolve: ({ knows }) => knows ?? null,
    }),
    goals: t.exposeStringList('goals'),
  }),
});

const Scenario = builder.objectRef<ScenarioModel>('Scenario').implement({
  description: 'A situation at work, and two people in it.',
  fields: (t) => ({
    id: t.exposeID('id'),
    title: t.exposeString('title'),
    description: t.exposeString('description'),
    personas: t.stringList({
      description: 'Their names.',
      resolve: resolve.personas,
    }),
    language: t.exposeString('language', {
      description: 'Of the conversation: a language tag, as `en` or `ja`.',
    }),
    situation: t.exposeString('situation', { description: 'What both know when the conversation begins.' }),
    partner: t.exposeString('partner', {
      description:
        'Name of the persona that talks with the user in a SCENARIO conversation, and says the first words.',
    }),
    opening: t.exposeString('opening', { description: 'The partner’s first words.' }),
    userPersona: t.field({
      type: Persona,
      description: 'Whom the user plays.',
      resolve: resolve.userPersona,
    }),
    aims: t.exposeStringList('aims', { description: 'What whoever plays the scenario can practise.' }),
  }),
});

export const ChatTurn = builder.objectRef<JobModel>('ChatTurn').implement({
  description:
    'One message and its reply. The reply streams as JobTextAppended events of the stream `reply`; ReplyServed says ' +
    'which service gives it.',
  interfaces: [Job, Node],
  fields: (t) => ({
    conversation: t.field({ type: ConversationKind, resolve: resolve.conversation }),
    message: t.string({ resolve: resolve.message }),
    reply: t.string({
      nullable: true,
      description: 'What there is of it: whole where the turn COMPLETED, else as far as it came.',
      resolve: resolve.reply,
    }),
    model: t.string({ resolve: resolve.model }),
    servedBy: t.field({ type: ServiceVersion, nullable: true, resolve: resolve.servedBy }),
    fellBack: t.boolean({
      description: 'True where the new service failed and the legacy one answered.',
      resolve: resolve.fellBack,
    }),
  }),
});

export const WatchJob = builder.objectRef<JobModel>('WatchJob').implement({
  description:
    'Two personas talk and the user watches; each line is a JobTextAppended event, of a stream that bears its ' +
    'speaker’s name.',
  interfaces: [Job, Node],
  fields: (t) => ({
    scenario: t.field({ type: Scenario, resolve: resolve.scenario }),
    turns: t.int({ resolve: resolve.turns }),
  }),
});

const SendMessageInput = builder.inputType('SendMessageInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    message: t.string({ required: true, description: 'At most 32,000 characters.' }),
    conversation: t.field({
      type: ConversationKind,
      required: true,
      defaultValue: 'CHAT',
      description: 'CHAT, or SCENARIO: with the partner of the session’s currentScenario.',
    }),
    model: t.string({ description: 'From now on the session’s; absent: the session’s, else MODEL_CHAT.' }),
    wait: t.boolean({
      required: true,
      defaultValue: true,
      description:
        'Answer when the reply is complete (true), or at once, to follow it with jobProgress (false). Nobody waits ' +
        'longer than two minutes: the turn comes back as it stands then, and goes on.',
    }),
    idempotencyKey: t.string({
      description: 'The same key with the same input gives the same turn, however often it is sent.',
    }),
  }),
});

const StartWatchInput = builder.inputType('StartWatchInput', {
  fields: (t) => ({
    sessionId: t.id({ required: true }),
    scenarioId: t.id({ required: true }),
    turns: t.int({ required: true, defaultValue: 6, description: 'Lines, 1 to 100.' }),
    model: t.string({ description: 'Absent: the session’s chatModel, else MODEL_CHAT.' }),
    idempotencyKey: t.string(),
  }),
});

builder.queryField('scenarios', (t) =>
  t.field({
    type: [Scenario],
    description: 'Situations that can be played and watched.',
    resolve: resolve.scenarios,
  }),
);

builder.mutationFields((t) => ({
  sendMessage: t.field({
    type: ChatTurn,
    description:
      'Says something in a session’s conversation. The turns of a session run one at a time, in the order in which ' +
      'they were accepted; up to 100 may wait.',
    errors: {
      types: [InvalidInputError, NotFoundError, IdempotencyConflictError, RateLimitedError, UpstreamError],
      union: { name: 'SendMessageResult' },
    },
    args: { input: t.arg({ type: SendMessageInput, required: true }) },
    resolve: resolve.sendMessage,
  }),
  startWatch: t.field({
    type: WatchJob,
    description: 'Has the two personas of a scenario talk; follow them with jobProgress.',
    errors: {
      types: [SessionBusyError, InvalidInputError, NotFoundError, IdempotencyConflictError, RateLimitedError],
      union: { name: 'StartWatchResult' },
    },
    args: { input: t.arg({ type: StartWatchInput, required: true }) },
    resolve: resolve.startWatch,
  }),
}));
