import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DataDirectoryInUseError } from '../../src/store/index.ts';
import { lockDirectory } from '../../src/store/lock.ts';
import { newFolder } from '../support/folders.ts';
import { TestProcess } from '../support/processes.ts';

/** Start of a process that lived once and does not any more. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('a data directory', () => {
  it('belongs to one process while that lives, and to the next when it was killed', async () => {
    const dataDir = newFolder();
    await using first = new TestProcess('./store-process.ts', { dataDir });
    await first.fact('open');

    expect(() => lockDirectory(dataDir)).toThrow(DataDirectoryInUseError);
    expect(() => lockDirectory(dataDir)).toThrow(
      `in use by the running process ${first.child.pid}. Stop that process, choose another DATA_DIR`,
    );
    await first.kill();
    const unlock = lockDirectory(dataDir);
    expect(() => lockDirectory(dataDir)).toThrow(DataDirectoryInUseError);
    unlock();
    lockDirectory(dataDir)();
    expect(readdirSync(dataDir)).not.toContain('lock');
  });

  it('goes to exactly one of several processes that find a dead one’s lock', async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: deadPid(), startTime: '1' }));
    const rivals = Array.from({ length: 4 }, () => new TestProcess('./store-process.ts', { dataDir }));
    await Promise.all(rivals.map((rival) => rival.atLeast(1)));
    const facts = rivals.flatMap((rival) => rival.facts);
    expect(facts.filter((fact) => fact.startsWith('open'))).toHaveLength(1);
    expect(facts.filter((fact) => fact.includes('in use by the running process'))).toHaveLength(3);
    for (const rival of rivals) await rival.kill();
  });

  it('is not lost to a lock that says nothing sensible', () => {
    for (const garbage of ['', 'null', '{', '[]', '12', '{"pid":"x"}', '{"pid":-1}', '\0\0']) {
      const dataDir = newFolder();
      writeFileSync(join(dataDir, 'lock'), garbage);
      const unlock = lockDirectory(dataDir);
      expect(JSON.parse(readFileSync(join(dataDir, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
      unlock();
      expect(readdirSync(dataDir)).toEqual([]);
    }
  });

  it('is not taken for a dead process’s by one that got the same pid later', () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'lock'), JSON.stringify({ pid: process.pid, startTime: '1' }));
    lockDirectory(dataDir)();
  });
});
