import { describe, expect, it } from 'vitest';
import { connect, unwrap } from '../../sdk/index.ts';
import { startGateway } from '../support/gateway.ts';

describe('a background task by the SDK', () => {
  it('is started, followed and read, and is not taken for an analysis', async () => {
    await using gateway = await startGateway({ listens: true });
    const signalbox = connect(gateway.url);
    const task = unwrap(await signalbox.startBackgroundTask({ question: 'Why is the sky blue?' }));
    for await (const event of signalbox.follow(task.id)) if (event.__typename === 'JobFinished') break;

    const done = await signalbox.backgroundTask(task.id);
    expect(done).toMatchObject({ status: 'COMPLETED', model: 'echo', question: 'Why is the sky blue?' });
    expect(done?.response).toContain('Why is the sky blue?');
    expect(await signalbox.analysis(task.id)).toBeNull();
    expect((await signalbox.diagnostics()).modelClients).toMatchObject({ misses: 0 });
  });
});
