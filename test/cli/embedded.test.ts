import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect, unwrap } from '../../sdk/index.ts';
import { seed } from '../support/data-dir.ts';
import { Command, penguins, run } from './command.ts';

let folder: string;
let environment: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  await seed(join(folder, 'data'));
  environment = { DATA_DIR: join(folder, 'data'), PORT: '0', TMPDIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const serving = /Signalbox answers at (\S+)/;

describe('analysing without a gateway', () => {
  it('keeps what it did in DATA_DIR, and a job that was interrupted is cancelled', async () => {
    await using interrupted = new Command(['analyze', penguins, 'Which species is heaviest?'], environment);
    await interrupted.says(/\[4\/5\]/);
    interrupted.interrupt();
    expect(await interrupted.code).toBe(130);
    expect(interrupted.stdout).toBe('');
    expect(interrupted.leftovers).toBe(false);

    const { code, stdout } = await run(['analyze', penguins, 'Which species is heaviest?'], environment);
    expect(code).toBe(0);
    expect(stdout).toContain('Gentoo');

    await using server = new Command(['serve'], environment);
    const signalbox = connect(await server.says(serving));
    const { edges } = await signalbox.jobs();
    expect(edges.map(({ node }) => node.status)).toEqual(['COMPLETED', 'CANCELLED']);
  });

  it('works beside a gateway that has DATA_DIR open, and leaves nothing behind', async () => {
    await using server = new Command(['serve'], environment);
    const signalbox = connect(await server.says(serving));
    const before = readdirSync(folder);

    const { code, stdout, stderr } = await run(
      ['analyze', penguins, 'Which species is heaviest?'],
      environment,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('Gentoo');
    expect(stderr).toContain('is in use by the running process');
    expect(stderr).toContain('--server');
    expect(readdirSync(folder)).toEqual(before);
    expect((await signalbox.jobs()).totalCount).toBe(0);

    const second = await run(['serve'], environment);
    expect(second).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is in use by the running process'),
    });
  });
});

describe('serving', () => {
  it('takes up its work after it was killed, and ends in good order when it is asked to', async () => {
    const killed = new Command(['serve'], environment);
    const first = connect(await killed.says(serving));
    const session = unwrap(await first.createSession());
    const { id } = unwrap(await first.startAnalysis({ sessionId: session.id, message: 'Hello' }));
    killed.child.kill('SIGKILL');
    expect(await killed.code).toBeNull();

    await using server = new Command(['serve'], environment);
    const again = connect(await server.says(serving));
    for await (const event of again.follow(id)) {
      if (event.__typename === 'JobFinished') expect(['COMPLETED', 'FAILED']).toContain(event.job.status);
    }
    server.child.kill('SIGTERM');
    expect(await server.code).toBe(0);
    expect(server.stdout).toContain('"msg":"stopped"');
    expect(server.leftovers).toBe(false);
  });
});

describe('the demo', () => {
  it('analyses a real file from the session to the report', async () => {
    const { code, stdout, stderr } = await run(['demo'], environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('[5/5]') });
    expect(stdout).toMatch(
      /Session +session_.+\nDataset +penguins.csv: 344 rows of .+\nQuestion .+\n(?:.*\n)*.*Gentoo(?:.*\n)*Next:/,
    );
    expect(readdirSync(folder)).toEqual(['data']);
  });
});
