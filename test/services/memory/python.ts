import { spawnSync } from 'node:child_process';

/** Runs a program of Python's; null where there is no Python here. */
export function python(program: string, input: Uint8Array = new Uint8Array()): Buffer {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], { input, timeout: 30_000 });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return stdout;
}

export const hasPython = spawnSync('python3', ['--version'], { timeout: 30_000 }).status === 0;
