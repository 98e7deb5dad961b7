/**
 * Background tasks: questions that a model may think about for long. Started at the provider, followed by asking again
 * and by its webhooks, stopped there when they are cancelled here.
 * They know jobs, the store and models.
 */
export { Doorbell } from './doorbell.ts';
export { BackgroundResponses } from './responses.ts';
export { BACKGROUND_TASK, type BackgroundInput, backgroundKind, EFFORTS, TASK_TEXTS } from './task.ts';
export { BackgroundTasks } from './tasks.ts';
export { Webhooks } from './webhooks.ts';
