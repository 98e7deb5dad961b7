import type { Signalbox } from '../../sdk/index.ts';
import { tell } from './exit.ts';
import type { Interrupt } from './interrupt.ts';

/**
 * Cancels a job when the user has had enough; its end is then still to be followed.
 *
 * @returns Fires where the cancel failed, with its reason: following on would be waiting for nothing.
 */
export function cancelWhen(interrupt: Interrupt, signalbox: Signalbox, jobId: string): AbortSignal {
  const cancelFailed = new AbortController();
  interrupt
    .heard()
    .then(() => {
      tell('Cancelling… (again to leave at once)');
      return signalbox.cancel(jobId);
    })
    .catch((error: unknown) => cancelFailed.abort(error));
  return cancelFailed.signal;
}
