import type { MigrationTask } from './tasks.ts';

export interface MigrationStatus {
  total: number;
  completed: number;
  inProgress: number;
  blocked: number;
  pending: number;
  /** 0 to 100. */
  progressPercentage: number;
  /** The first phase with work that can go on; where all that is left is blocked, the first of that; null when all is done. */
  currentPhase: string | null;
  tasks: MigrationTask[];
  blockedTasks: MigrationTask[];
}

/** @param tasks In the order of the plan. */
export function statusOf(tasks: MigrationTask[]): MigrationStatus {
  const of = (status: MigrationTask['status']) => tasks.filter((task) => task.status === status);
  const completed = of('COMPLETED').length;
  const blockedTasks = of('BLOCKED');
  const open = tasks.find(({ status }) => status === 'IN_PROGRESS' || status === 'PENDING');
  return {
    total: tasks.length,
    completed,
    inProgress: of('IN_PROGRESS').length,
    blocked: blockedTasks.length,
    pending: of('PENDING').length,
    progressPercentage: tasks.length === 0 ? 0 : (100 * completed) / tasks.length,
    currentPhase: (open ?? blockedTasks[0])?.phase ?? null,
    tasks,
    blockedTasks,
  };
}
