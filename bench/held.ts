/** What must not be left behind: processes, folders and databases, also where somebody stops us in the middle. */
const held = new Set<AsyncDisposable>();

/** Remembers something until it is let go. */
export function hold<Thing extends AsyncDisposable>(thing: Thing): Thing {
  held.add(thing);
  return thing;
}

export const letGo = (thing: AsyncDisposable): void => void held.delete(thing);

/** Ends what is held, the newest first: a server before its database. */
export async function endAll(): Promise<void> {
  for (const thing of [...held].reverse())
    try {
      await thing[Symbol.asyncDispose]();
    } catch {
      // The others still have to go.
    }
}
