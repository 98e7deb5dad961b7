#!/usr/bin/env node
/** Runs src/main.ts, with the Node that Signalbox brings along where the one that runs this will not do. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;
const main = new URL('../src/main.ts', import.meta.url);
const hooks = new URL('./strip-types.js', import.meta.url);
/** Below `node_modules` Node strips no types by itself. */
const installed = main.pathname.includes('/node_modules/');

if (!installed && Number.parseInt(process.versions.node, 10) >= NEEDED) await import(main.href);
else runWithOurs();

function runWithOurs() {
  const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
  const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const flags = installed ? ['--disable-warning=ExperimentalWarning', '--import', hooks.href] : [];
  const args = [...flags, fileURLToPath(main), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });

  // A terminal's Ctrl-C reaches both processes; every other signal reaches only this one.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => (signal === 'SIGINT' && atTerminal) || child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`Signalbox cannot run ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
