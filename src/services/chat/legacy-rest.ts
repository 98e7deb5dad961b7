const MOST_BYTES = 64 * 1024;
const PATIENCE_MS = 1_000;

/**
 * Reads what is left of an answer that has said all it has to say: only then can its connection be used again.
 *
 * @returns Whether its end came within bounds. Never throws.
 */
export async function readRest(body: ReadableStream<Uint8Array> | null): Promise<boolean> {
  if (!body) return true;
  const reader = body.getReader();
  const late = Promise.withResolvers<{ done: undefined; value: undefined }>();
  const impatience = setTimeout(
    () => late.resolve({ done: undefined, value: undefined }),
    PATIENCE_MS,
  ).unref();
  try {
    for (let bytes = 0; bytes <= MOST_BYTES; ) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return true;
      if (!value) return false;
      bytes += value.byteLength;
    }
  } catch {
    // Whoever reads the rest does not want it.
  } finally {
    clearTimeout(impatience);
  }
  return false;
}
