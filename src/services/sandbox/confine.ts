import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { parse, sep } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ProgramError, SandboxCrashError, SandboxLimitError } from './errors.ts';
import { residentBytes } from './memory.ts';
import type { Reply, Request } from './protocol.ts';

export type Log = (message: string, facts: Record<string, unknown>) => void;
type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long after its deadline a child that should have ended by itself is killed. */
const graceMs = 500;
/** Between looks at the child's memory. The fastest bomb tried here grew by 90 MiB in that time. */
const lookMs = 40;

function start(request: Request): Child {
  const entry = fileURLToPath(import.meta.resolve('./child/main.ts'));
  const readable = [fileURLToPath(import.meta.resolve('./')), ...packageFolders()];
  if (request.task.file) readable.push(request.task.file.path);

  // Below node_modules Node strips no types by itself: an installed gateway brings the launcher's hook along.
  const hooks = import.meta.url.includes('/node_modules/')
    ? [import.meta.resolve('../../../bin/strip-types.js')]
    : [];
  readable.push(...hooks.map((url) => fileURLToPath(url)));

  const flags = [
    ...hooks.map((url) => `--import=${url}`),
    // A second wall: JavaScript in the child opens no other files, no sockets and no processes.
    '--permission',
    '--allow-addons', // DuckDB
    '--allow-worker', // the program's thread
    ...readable.map((path) => `--allow-fs-read=${path}`),
    '--disable-proto=delete',
    '--disallow-code-generation-from-strings',
    '--no-warnings',
    `--max-old-space-size=${Math.ceil(request.limits.memoryBytes / 4 / 2 ** 20)}`,
  ];
  // No environment but the time zone, so that dates read the same everywhere. No folder of its own either: it
  // could write nothing there, and would leave it behind whenever we are killed.
  return spawn(process.execPath, [...flags, entry], {
    cwd: parse(entry).root,
    env: { TZ: 'UTC' },
    stdio: 'pipe',
    // Out of the terminal's group: its Ctrl-C is for the gateway, which decides what becomes of the job.
    detached: true,
  });
}

/** The `node_modules` folders that the child's packages come from. */
function packageFolders(): Iterable<string> {
  const packages = ['@duckdb/node-api', 'quickjs-emscripten', 'vega', 'vega-lite', 'vega-interpreter'];
  return new Set(
    packages.map((name) => {
      const path = fileURLToPath(import.meta.resolve(name));
      return path.slice(0, path.lastIndexOf(`${sep}node_modules${sep}`) + '/node_modules/'.length);
    }),
  );
}

/**
 * Starts a child for one request and waits for its answer and its end.
 * An abort, the deadline, too much memory or too long an answer kill it.
 */
export async function confine(request: Request, signal: AbortSignal, log: Log): Promise<Reply> {
  const child = start(request);
  const { limits, task, deadline } = request;
  let verdict: unknown;
  const kill = (reason: unknown) => {
    verdict ??= reason;
    child.kill('SIGKILL');
  };

  const abort = () => kill(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(
    () => kill(new SandboxLimitError('timeoutMs', limits.timeoutMs)),
    deadline + graceMs - Date.now(),
  );
  const ended = new AbortController();
  watchMemory(child, limits.memoryBytes, kill, ended.signal);

  // Its end of this pipe is also how the child learns that we are gone: it stays open until then.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(request)}\n`);

  const answer = gather(child.stdout, limits.resultCharacters * 4, () =>
    kill(new SandboxLimitError('resultCharacters', limits.resultCharacters)),
  );
  const complaint = gather(child.stderr, 64 * 2 ** 10, () => {});

  const end = await ending(child);
  clearTimeout(timer);
  ended.abort();
  signal.removeEventListener('abort', abort);

  if (verdict !== undefined) throw verdict;
  const text = answer();
  if (text.endsWith('\n')) return JSON.parse(text) as Reply;

  const stderr = complaint();
  log('sandbox child ended without an answer', { task: task.kind, ...end, stderr });
  if (end.signal === 'SIGKILL' || /heap out of memory|allocation failed/i.test(stderr)) {
    throw new SandboxLimitError('memoryBytes', limits.memoryBytes);
  }
  if (end.signal && task.kind === 'run')
    throw new ProgramError(`The program crashed the engine (${end.signal}).`);
  throw new SandboxCrashError(`The sandbox ended without an answer (${end.signal ?? `code ${end.code}`}).`, {
    cause: end.failure ?? stderr,
  });
}

interface End {
  code: number | null;
  signal: NodeJS.Signals | null;
  failure?: Error;
}

function ending(child: Child): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve({ code: null, signal: null, failure }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Collects what a stream says, up to a bound. */
function gather(stream: Readable, bound: number, tooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length > bound) return;
    length += chunk.length;
    chunks.push(chunk);
    if (length > bound) tooMuch();
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

async function watchMemory(
  child: Child,
  bound: number,
  kill: (reason: unknown) => void,
  ended: AbortSignal,
): Promise<void> {
  if (child.pid === undefined) return;
  // If the machine runs out first, Linux shall take the child and not the gateway.
  await writeFile(`/proc/${child.pid}/oom_score_adj`, '1000').catch(() => {});

  const look = async () => {
    if (ended.aborted) return;
    const resident = await residentBytes(child.pid!);
    if (ended.aborted || resident === undefined) return;
    if (resident > bound) kill(new SandboxLimitError('memoryBytes', bound));
    else setTimeout(look, lookMs);
  };
  await look();
}
