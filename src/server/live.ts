import type { ExecutionResult } from 'graphql';
import type { Call } from './call.ts';
import type { PublicErrors } from './errors.ts';
import type { Presence } from './presence.ts';

interface Needs {
  errors: PublicErrors;
  presence: Presence;
}

/**
 * A running subscription as the transports see it: errors are masked, a failing source ends with one last result
 * that says so, and leaving takes effect at once, although the source may be waiting for its next event.
 */
export function live(
  source: AsyncIterable<ExecutionResult>,
  call: Call,
  { errors, presence }: Needs,
): AsyncGenerator<ExecutionResult, void> {
  const iterator = source[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  let over = false;
  let waiting: ((result: IteratorResult<ExecutionResult, void>) => void) | undefined;

  const unsubscribe = presence.subscribe();
  call.streaming = true;
  const finish = () => {
    over = true;
    call.streaming = false;
    unsubscribe();
    call.signal.removeEventListener('abort', abandon);
    waiting?.(done);
    waiting = undefined;
    call.end();
  };
  // A generator's return() waits for its next event, so nobody waits for it: the signal has already told the source.
  const abandon = () => {
    if (over) return;
    finish();
    (async () => iterator.return?.())().catch(() => {});
  };
  call.signal.addEventListener('abort', abandon, { once: true });
  if (call.signal.aborted) abandon();

  const shown = (result: ExecutionResult): ExecutionResult =>
    result.errors ? { ...result, errors: result.errors.map((error) => errors.of(error, call)) } : result;

  return {
    next() {
      if (over) return Promise.resolve(done);
      return new Promise((resolve) => {
        waiting = resolve;
        iterator.next().then(
          (item) => {
            if (over) return;
            waiting = undefined;
            if (item.done) finish();
            resolve(item.done ? done : { done: false, value: shown(item.value) });
          },
          (error) => {
            if (over) return;
            waiting = undefined;
            finish();
            resolve({ done: false, value: { errors: [errors.of(error, call)] } });
          },
        );
      });
    },
    return() {
      if (!over) call.leave();
      return Promise.resolve(done);
    },
    throw(error) {
      if (!over) call.leave();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]() {
      return this.return().then(() => {});
    },
  };
}
