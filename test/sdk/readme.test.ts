import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startGateway } from '../support/gateway.ts';

const readme = new URL('../../sdk/README.md', import.meta.url);
const sdk = new URL('../../sdk/index.ts', import.meta.url);

it('every example of the README runs, one after the other', async () => {
  await using gateway = await startGateway({ listens: true });
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  try {
    const examples = readFileSync(readme, 'utf8').matchAll(/^```ts\n(.+?)^```$/gms);
    const program = [...examples].map(([, code]) => code).join('\n');
    const file = join(folder, 'readme.ts');
    writeFileSync(
      file,
      program
        .replaceAll("'signalbox/sdk'", `'${sdk.href}'`)
        .replaceAll('http://127.0.0.1:4000/graphql', gateway.url),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toContain('COMPLETED');
    expect(stdout).toContain('2,160,000');
    expect(stdout).toContain('NotFoundError');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
