import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../sdk/index.ts';
import { seed } from '../support/data-dir.ts';
import { Command, run } from './command.ts';

const WORKFLOW = `threads:
  - {name: bad, kind: transform, input: {expression: inputs.missing}}
  - {name: after, kind: transform, input: {expression: "1"}}
  - {name: beside, kind: transform, input: {expression: "'done'"}}
dependencies:
  - {source: bad, target: after, type: data_flow}
coordination_policy: adaptive
`;

let folder: string;
let environment: Record<string, string>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
  await seed(join(folder, 'data'));
  environment = { DATA_DIR: join(folder, 'data'), PORT: '0', TMPDIR: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a run without a gateway that comes to wait for a person', () => {
  it('ends the command, is kept, and goes on where a gateway serves and somebody decides', async () => {
    const path = join(folder, 'workflow.yaml');
    writeFileSync(path, WORKFLOW);
    const { code, stdout, stderr } = await run(['workflow', 'run', path], environment);
    expect(code).toBe(1);
    expect(stderr).toContain('bad waits for you');
    expect(stderr).toContain('The run waits where its data is');
    expect(stdout).toMatch(/bad +WAITING/);
    expect(stdout).toMatch(/beside +COMPLETED/);
    const id = /The run is (\S+)\./.exec(stderr)?.[1] ?? '';

    await using server = new Command(['serve'], environment);
    const url = await server.says(/Signalbox answers at (\S+)/);
    const signalbox = connect(url);
    expect((await signalbox.workflow(id))?.status).toBe('WAITING');
    const resolved = await run(['workflow', 'resolve', id, 'bad', 'skip', '--server', url], environment);
    expect(resolved).toMatchObject({ code: 0 });
    for await (const event of signalbox.follow(id))
      if (event.__typename === 'JobFinished') expect(event.job.status).toBe('COMPLETED');
  });
});
