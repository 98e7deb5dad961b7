import type { Job } from '../jobs/index.ts';
import {
  counterpartOf,
  type Scenario,
  type SendMessage,
  type StartWatch,
  type TurnInput,
  type WatchInput,
} from '../services/index.ts';
import type { Context } from './context.ts';

const turnOf = (job: Job) => job.input as TurnInput;

const watchOf = (job: Job) => job.input as WatchInput;

export const conversation = (job: Job) => turnOf(job).conversation;

export const message = (job: Job) => turnOf(job).message;

export const model = (job: Job) => turnOf(job).model;

export const reply = (job: Job, _: unknown, { load }: Context) => load.reply.load(job);

export const servedBy = async (job: Job, _: unknown, { load }: Context) =>
  (await load.served.load(job))?.servedBy ?? null;

export const fellBack = async (job: Job, _: unknown, { load }: Context) =>
  (await load.served.load(job))?.fellBack ?? false;

export const scenario = (job: Job, _: unknown, { watches }: Context) => watches.scenarioOf(job);

export const turns = (job: Job) => watchOf(job).turns;

export const personas = ({ personas }: Scenario) => personas.map(({ name }) => name);

export const userPersona = (scenario: Scenario) => counterpartOf(scenario);

export const scenarios = (_: unknown, __: unknown, context: Context) => context.scenarios.list();

export const sendMessage = (
  _: unknown,
  { input }: { input: SendMessage },
  { chatTurns, viewer, signal }: Context,
) => chatTurns.send(viewer, input, signal);

export const startWatch = (_: unknown, { input }: { input: StartWatch }, { watches, viewer }: Context) =>
  watches.start(viewer, input);
