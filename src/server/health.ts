export interface Health {
  ready: boolean;
  checks: Record<string, { ok: boolean; message?: string }>;
}

/** Asks whether the process can work; no answer within `ms` is an answer too. */
export async function healthWithin(
  ms: number,
  ask: (signal: AbortSignal) => Promise<Health>,
): Promise<Health> {
  const signal = AbortSignal.timeout(ms);
  const late = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => late.reject(new Error(`No answer within ${ms} ms.`)), {
    once: true,
  });
  try {
    return await Promise.race([late.promise, (async () => ask(signal))()]);
  } catch (error) {
    return { ready: false, checks: { health: { ok: false, message: (error as Error).message } } };
  }
}
