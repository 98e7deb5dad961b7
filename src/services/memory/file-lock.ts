import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** A holder that is silent for this long is dead, wherever it ran; a change takes milliseconds. */
const STALE_MS = 30_000;
const LONGEST_PAUSE_MS = 20;

/** A lock that this process holds. */
export interface HeldLock extends AsyncDisposable {
  /** False where somebody took it for dead and over: what it protects must not be written any more. */
  isHeld(): Promise<boolean>;
}

/**
 * Takes a lock file, waiting until it is free. The lock of a process that died is taken over: at once on the same
 * machine, after 30 s from another one's.
 *
 * @throws The signal's reason.
 */
export async function lockFile(path: string, signal: AbortSignal): Promise<HeldLock> {
  const holder = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  for (;;) {
    signal.throwIfAborted();
    if (await create(path, holder)) break;
    await removeIfDead(path);
    await pause(1 + Math.random() * LONGEST_PAUSE_MS);
  }
  const isHeld = async () => (await content(path)) === holder;
  return {
    isHeld,
    async [Symbol.asyncDispose]() {
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

/** With its content at once, so that nobody sees a lock that does not say whose it is. */
async function create(path: string, holder: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.__wz_cache`;
  await writeFile(draft, holder, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    if (!LINKLESS.some((code) => isCode(error, code))) throw error;
    return await createWithoutLinks(path, holder);
  } finally {
    await rm(draft, { force: true });
  }
}

async function createWithoutLinks(path: string, holder: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(holder).finally(() => file.close());
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Moves a dead holder's lock away. Of several that find it dead, one moves it; who moved a living one's instead, because
 * it was taken over in between, puts it back.
 */
async function removeIfDead(path: string): Promise<void> {
  const found = await content(path);
  if (found === null || !(await isDead(path, found))) return;
  const aside = `${path}.${randomUUID()}.__wz_cache`;
  try {
    await rename(path, aside);
    if ((await content(aside)) !== found) await link(aside, path);
  } catch (error) {
    if (!isCode(error, 'ENOENT') && !isCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isDead(path: string, found: string): Promise<boolean> {
  const age = await stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > STALE_MS) return true;
  const holder = parse(found);
  if (holder?.host !== hostname() || typeof holder.pid !== 'number') return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return isCode(error, 'ESRCH');
  }
}

function parse(text: string): { pid?: unknown; host?: unknown } | null {
  try {
    return JSON.parse(text) as { pid?: unknown; host?: unknown } | null;
  } catch {
    // Cut short by the death of its writer: its age decides.
    return null;
  }
}

async function content(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
