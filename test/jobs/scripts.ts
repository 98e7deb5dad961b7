/** Work that goes on until it is told to stop. */
export function untilAborted({ signal }: { signal: AbortSignal }): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A door that work waits at until the test opens it. */
export function door() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  return {
    open,
    /** Resolves when work stands at the door. */
    reached,
    pass: () => {
      reach();
      return opened;
    },
  };
}
