import type { NewTask, TaskChange } from '../migration/index.ts';
import type { Context } from './context.ts';

export const migrationStatus = (_: unknown, __: unknown, { tasks }: Context) => tasks.status();

export const addMigrationTask = (_: unknown, { input }: { input: NewTask }, { tasks }: Context) =>
  tasks.add(input);

export const changeMigrationTask = (_: unknown, { input }: { input: TaskChange }, { tasks }: Context) =>
  tasks.change(input);
