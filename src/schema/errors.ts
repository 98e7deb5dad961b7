import {
  type DomainError,
  InvalidInputError,
  InvalidStateError,
  type InputIssue as Issue,
  NotFoundError,
  RateLimitedError,
  UpstreamError,
} from '../errors.ts';
import { IdempotencyConflictError, SessionBusyError } from '../jobs/index.ts';
import { builder } from './builder.ts';
import { Job } from './job.ts';

/** Expected failures are members of a result union; a client selects what it can handle. */
export const ErrorInterface = builder.interfaceRef<DomainError>('Error').implement({
  description: 'An expected failure: something that a client can cause or handle.',
  fields: (t) => ({ message: t.exposeString('message') }),
});

const InputIssue = builder.objectRef<Issue>('InputIssue').implement({
  fields: (t) => ({
    path: t.exposeString('path', { description: 'The input field, dotted, as the client wrote it.' }),
    message: t.exposeString('message'),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  interfaces: [ErrorInterface],
  fields: (t) => ({ issues: t.expose('issues', { type: [InputIssue] }) }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'Also what a caller sees of a thing that belongs to somebody else.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ id: t.exposeID('id') }),
});

builder.objectType(InvalidStateError, {
  name: 'InvalidStateError',
  description: 'The thing is not in a state that allows this, for example deleting a running job.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ status: t.exposeString('status') }),
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too much at once.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeFloat('retryAfterSeconds', { description: 'When it is worth asking again.' }),
  }),
});

builder.objectType(SessionBusyError, {
  name: 'SessionBusyError',
  description: 'The session already runs a job of this kind and the caller asked to be rejected then.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ activeJob: t.expose('activeJob', { type: Job }) }),
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was used before, with different input.',
  interfaces: [ErrorInterface],
  fields: (t) => ({ existingJob: t.expose('existingJob', { type: Job }) }),
});

builder.objectType(UpstreamError, {
  name: 'UpstreamError',
  description: 'A service that this gateway stands in front of failed.',
  interfaces: [ErrorInterface],
  fields: (t) => ({
    service: t.exposeString('service'),
    retryable: t.exposeBoolean('retryable', { description: 'Whether the same request may succeed later.' }),
  }),
});
