import { InvalidInputError, InvalidStateError, NotFoundError } from '../errors.ts';
import type { MigrationStatus as Status, MigrationTask as Task } from '../migration/index.ts';
import * as resolve from '../resolvers/migration-task.ts';
import { builder } from './builder.ts';
import { Node } from './node.ts';

const MigrationTaskStatus = builder.enumType('MigrationTaskStatus', {
  values: ['PENDING', 'IN_PROGRESS', 'COMPLETED', 'BLOCKED'] as const,
});

const MigrationTask = builder.objectRef<Task>('MigrationTask').implement({
  description: 'A piece of the migration’s work. Operators share the tasks.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.exposeID('id'),
    key: t.exposeString('key', { description: 'As `utils_1`.' }),
    description: t.exposeString('description'),
    phase: t.exposeString('phase', { description: 'As `utils`.' }),
    status: t.expose('status', { type: MigrationTaskStatus }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
    notes: t.exposeString('notes', { description: '`Blocked: ` and the reason, of one that is blocked.' }),
  }),
});

const MigrationStatus = builder.objectRef<Status>('MigrationStatus').implement({
  description: 'How far the migration is.',
  fields: (t) => ({
    total: t.exposeInt('total'),
    completed: t.exposeInt('completed'),
    inProgress: t.exposeInt('inProgress'),
    blocked: t.exposeInt('blocked'),
    pending: t.exposeInt('pending'),
    progressPercentage: t.exposeFloat('progressPercentage', { description: '0 to 100: completed of all.' }),
    currentPhase: t.exposeString('currentPhase', {
      nullable: true,
      description: 'The first phase that has work left to do; null when all is done.',
    }),
    tasks: t.expose('tasks', { type: [MigrationTask], description: 'In the order of the plan.' }),
    blockedTasks: t.expose('blockedTasks', { type: [MigrationTask] }),
  }),
});

const ChangeMigrationTaskInput = builder.inputType('ChangeMigrationTaskInput', {
  fields: (t) => ({
    id: t.id({ required: true }),
    status: t.field({ type: MigrationTaskStatus, required: true }),
    notes: t.string({ description: 'What came of it; of BLOCKED it must say what blocks the task.' }),
  }),
});

const AddMigrationTaskInput = builder.inputType('AddMigrationTaskInput', {
  fields: (t) => ({
    key: t.string({ required: true, description: 'Of its own; at most 100 characters.' }),
    description: t.string({ required: true }),
    phase: t.string({ required: true }),
  }),
});

builder.queryField('migrationStatus', (t) =>
  t.field({
    type: MigrationStatus,
    description: 'The migration’s tasks, and how far they are.',
    resolve: resolve.migrationStatus,
  }),
);

builder.mutationFields((t) => ({
  addMigrationTask: t.field({
    type: MigrationTask,
    description: 'Adds a task behind all others.',
    errors: { types: [InvalidInputError], union: { name: 'AddMigrationTaskResult' } },
    args: { input: t.arg({ type: AddMigrationTaskInput, required: true }) },
    resolve: resolve.addMigrationTask,
  }),
  changeMigrationTask: t.field({
    type: MigrationTask,
    description:
      'Starts, completes, blocks or puts back a task. One that is COMPLETED stays so, and a BLOCKED one is started ' +
      'before it can be completed.',
    errors: {
      types: [InvalidInputError, InvalidStateError, NotFoundError],
      union: { name: 'ChangeMigrationTaskResult' },
    },
    args: { input: t.arg({ type: ChangeMigrationTaskInput, required: true }) },
    resolve: resolve.changeMigrationTask,
  }),
}));
