/**
 * Tasks: the work of a migration, and how far it is. They are kept for people; nothing in the gateway depends on them.
 */
export {
  type MigrationStatus,
  type MigrationTask,
  MigrationTasks,
  type NewTask,
  type TaskChange,
  type TaskStatus,
} from './tasks.ts';
