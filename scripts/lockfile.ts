/**
 * Completes package-lock.json: `npm ci` refuses a lockfile without the optional packages of other platforms, and
 * `npm install` leaves out those that its registry does not have. Also takes download addresses out.
 * With --check it only says whether that is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const file = new URL('../package-lock.json', import.meta.url);
const text = readFileSync(file, 'utf8');
const lock = JSON.parse(text) as { packages: Record<string, Entry> };

for (const [path, entry] of Object.entries(lock.packages)) {
  if (entry.resolved?.startsWith('http')) delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = platformOf(name);
    if (!platform || isLocked(path, name)) continue;
    const { dev } = entry;
    lock.packages[`node_modules/${name}`] = { version, ...platform, ...(dev && { dev }), optional: true };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));

const complete = `${JSON.stringify(lock, null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(file, complete);
else if (JSON.stringify(JSON.parse(text)) !== JSON.stringify(lock)) {
  process.stderr.write(
    'package-lock.json lacks packages of other platforms. Run: node scripts/lockfile.ts\n',
  );
  process.exitCode = 1;
}

/** Whether a package's dependency is locked beside it or further up. */
function isLocked(path: string, name: string): boolean {
  for (let from = path; ; from = from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${from ? `${from}/` : ''}node_modules/${name}`]) return true;
    if (!from) return false;
  }
}

/** What a platform package's name says of where it runs; null for any other package. */
function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> | null {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  const os = [
    'linux',
    'darwin',
    'win32',
    'android',
    'freebsd',
    'openharmony',
    'sunos',
    'aix',
    'netbsd',
    'openbsd',
  ].find((known) => words.includes(known));
  const cpu = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'wasm32', 'loong64'].find(
    (known) => words.includes(known),
  );
  if (!os && cpu !== 'wasm32') return null;
  const libc = words.includes('musl')
    ? ['musl']
    : os === 'linux' && /gnu|glibc/.test(name)
      ? ['glibc']
      : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc }), ...(os && { os: [os] }) };
}
