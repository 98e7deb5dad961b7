import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the linter says of layers and cycles below a folder. */
function lint(cwd: string): { status: number | null; said: string } {
  const rules = ['--only=style/noRestrictedImports', '--only=suspicious/noImportCycles'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--colors=off',
      '--reporter=github',
      ...rules,
      'src',
    ],
    { cwd, encoding: 'utf8' },
  );
  return { status, said: `${stdout}${stderr}` };
}

describe('knowledge', () => {
  it('runs one way: schema → resolvers → services, migration → jobs → store', () => {
    const { status, said } = lint(root);
    expect(said).toBe('');
    expect(status).toBe(0);
  });

  it('is refused where it would run another way', () => {
    const wrong: [file: string, module: string][] = [
      ['src/store/a.ts', '../jobs/index.ts'],
      ['src/jobs/a.ts', '../services/index.ts'],
      ['src/services/a.ts', '../schema/index.ts'],
      ['src/services/analysis/a.ts', '../../server/index.ts'],
      ['src/resolvers/a.ts', '../store/index.ts'],
      ['src/schema/a.ts', '../server/index.ts'],
      ['src/server/a.ts', '../jobs/index.ts'],
      ['src/services/b.ts', '../gateway.ts'],
      ['src/jobs/b.ts', 'pg'],
      ['src/services/c.ts', 'graphql-yoga'],
    ];
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-layers-'));
    copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'));
    copyFileSync(join(root, '.gitignore'), join(folder, '.gitignore'));
    for (const [file, module] of wrong) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), `import * as thing from '${module}';\nexport default thing;\n`);
    }
    const { status, said } = lint(folder);
    rmSync(folder, { recursive: true, force: true });

    expect(status).not.toBe(0);
    expect(wrong.filter(([file]) => !said.includes(file))).toEqual([]);
  });
});
