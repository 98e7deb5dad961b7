import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/** Another living process has this data directory open; a second one would lose its rows silently. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(directory: string, pid: number) {
    super(
      `The data directory ${directory} is in use by the running process ${pid}. ` +
        'Stop that process, choose another DATA_DIR, or set DATABASE_URL to share one Postgres.',
    );
  }
}

/**
 * Takes the directory for this process, or refuses while its holder lives. A dead holder's lock is taken over.
 *
 * @returns Gives the directory back.
 * @throws {DataDirectoryInUseError}
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'lock');

  for (;;) {
    if (create(path)) return () => release(path);

    const holder = readHolder(path);
    if (holder && isAlive(holder)) throw new DataDirectoryInUseError(directory, holder.pid);
    if (holder) removeDeadLock(path, holder, directory);
  }
}

/** Start time tells a living holder from a stranger that was given the dead one's pid. */
interface Holder {
  pid: number;
  startTime: string | null;
}

/** Written beside it first, where the file system has links: whoever sees the lock sees its holder. */
function create(path: string): boolean {
  const draft = `${path}.${process.pid}-${threadId}`;
  const holder = JSON.stringify({ pid: process.pid, startTime: startTime(process.pid) });
  writeFileSync(draft, holder);
  try {
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!LINKLESS.some((code) => isCode(error, code))) throw error;
      writeFileSync(path, holder, { flag: 'wx' });
    }
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Null where the lock vanished meanwhile. A lock that says nothing sensible is none of ours: its holder is dead. */
function readHolder(path: string): Holder | null {
  try {
    const holder: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isHolder(holder) ? holder : NOBODY;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    if (error instanceof SyntaxError) return NOBODY;
    throw error;
  }
}

const LINKLESS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const NOBODY: Holder = { pid: 0, startTime: null };

const isHolder = (value: unknown): value is Holder =>
  typeof value === 'object' && value !== null && 'pid' in value && Number.isInteger(value.pid);

/** Of several processes that find the same dead holder, one removes its lock: the one that makes the marker. */
function removeDeadLock(path: string, dead: Holder, directory: string): void {
  const marker = `${path}.takeover`;
  if (!create(marker)) {
    const rival = readHolder(marker);
    if (rival && isAlive(rival)) throw new DataDirectoryInUseError(directory, rival.pid);
    // Without a rival the marker is gone by itself; one that is there now would be a third process'.
    if (rival) rmSync(marker, { force: true });
    return;
  }
  try {
    const now = readHolder(path);
    if (now && now.pid === dead.pid && now.startTime === dead.startTime) rmSync(path, { force: true });
  } finally {
    rmSync(marker, { force: true });
  }
}

function release(path: string): void {
  const holder = readHolder(path);
  if (holder?.pid === process.pid) rmSync(path, { force: true });
}

function isAlive({ pid, startTime: recorded }: Holder): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
  const current = startTime(pid);
  return recorded === null || current === null || current === recorded;
}

/** Clock ticks from boot to the process's start, field 22 of /proc/PID/stat; null where there is no /proc. */
function startTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
