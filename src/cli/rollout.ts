import { type FeatureName, type JobEvent, type Signalbox, unwrap } from '../../sdk/index.ts';
import { cancel } from './cancel.ts';
import { cancelWhen } from './cancelling.ts';
import { type Display, JsonLines, shown } from './display.ts';
import { CommandError, EXIT, ended, tell } from './exit.ts';
import { Interrupt } from './interrupt.ts';
import { running, type ServerOptions } from './target.ts';

interface StartOptions extends ServerOptions {
  steps: number[];
  minRequests: number;
  stepSeconds: number;
  reason: string;
  detach?: boolean;
  json?: boolean;
}

interface WatchOptions extends ServerOptions {
  json?: boolean;
}

/** Starts a rollout and shows its decisions to its end; or leaves it to the gateway. */
export async function startRollout(feature: FeatureName, options: StartOptions): Promise<number> {
  const { steps, minRequests, stepSeconds, reason, detach, json, ...server } = options;
  using interrupt = new Interrupt();
  const { signalbox } = running(server);
  // Not under the signal: once it is sent, the job exists and has to be cancelled by its id.
  const input = { feature, steps, minRequestsPerStep: minRequests, stepSeconds, reason };
  const { id } = unwrap(await signalbox.migration.startRollout(input));
  if (detach) {
    console.log(json ? JSON.stringify(await found(signalbox, id), null, 2) : id);
    return EXIT.ok;
  }

  tell(`The rollout is ${id}.`);
  await shown(signalbox.follow(id, { signal: cancelWhen(interrupt, signalbox, id) }), new Decisions());
  const code = await concluded(signalbox, id, json);
  return code === EXIT.jobCancelled && interrupt.signal.aborted ? EXIT.interrupted : code;
}

/** Shows what a rollout decided and decides, to its end. Leaving does not stop it. */
export async function watchRollout(id: string, { json, ...server }: WatchOptions): Promise<number> {
  using interrupt = new Interrupt();
  const { signal } = interrupt;
  const { signalbox } = running(server);
  await found(signalbox, id, signal);
  await shown(signalbox.follow(id, { signal }), json ? new JsonLines() : new Decisions());
  return concluded(signalbox, id);
}

/** Stops a rollout. One that is over stays as it is. */
export async function cancelRollout(id: string, server: ServerOptions): Promise<number> {
  const { signalbox } = running(server);
  await found(signalbox, id);
  return cancel(id, server);
}

async function concluded(signalbox: Signalbox, id: string, json = false): Promise<number> {
  const rollout = await found(signalbox, id);
  if (json) console.log(JSON.stringify(rollout, null, 2));
  else console.log(`${rollout.feature} is at ${rollout.currentPercentage} %.`);
  return ended(rollout);
}

async function found(signalbox: Signalbox, id: string, signal?: AbortSignal) {
  const rollout = await signalbox.migration.rollout(id, { signal });
  if (!rollout) throw new CommandError(`No rollout has the id ${id}.`);
  return rollout;
}

/** A line for each decision: when, and what it rests on. It may be days until the next one. */
class Decisions implements Display {
  show(event: JobEvent): void {
    if (event.__typename !== 'JobLogged' || event.level === 'DEBUG') return;
    const loud = event.level === 'INFO' ? '' : `${event.level} `;
    tell(`${event.at.slice(0, 19).replace('T', ' ')}  ${loud}${event.message}`);
  }

  end(): boolean {
    return false;
  }
}
