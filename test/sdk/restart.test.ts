import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connect, unwrap } from '../../sdk/index.ts';
import { readConfig } from '../../src/config/index.ts';
import { createGateway } from '../../src/gateway.ts';
import { seed } from '../support/data-dir.ts';
import { silent } from '../support/stores.ts';
import { Storyteller } from './storyteller.ts';

it.each(['sse', 'websocket'] as const)(
  'goes on over %s where the gateway was restarted amid a job',
  async (transport) => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-test-'));
    const storyteller = new Storyteller(6);
    const start = (port: string) =>
      createGateway(readConfig({ DATA_DIR: folder, PORT: port, LOG_LEVEL: 'silent' }), {
        log: silent,
        analysts: [storyteller],
      });
    await seed(folder);
    let gateway = await start('0');
    try {
      const { url } = gateway;
      const signalbox = connect(url!, { transport, retry: { firstDelayMs: 10, longestDelayMs: 50 } });
      const session = unwrap(await signalbox.createSession());
      const { id } = unwrap(
        await signalbox.startAnalysis({ sessionId: session.id, message: 'Tell me.', model: 'storyteller' }),
      );
      const story = Array.fromAsync(signalbox.text(id, 'report'));

      storyteller.tell(3);
      const seqs: number[] = [];
      let texts = 0;
      for await (const event of signalbox.follow(id)) {
        seqs.push(event.seq);
        if (event.__typename !== 'JobTextAppended') continue;
        texts += 1;
        if (texts === 1) {
          await gateway.close();
          storyteller.tell();
          gateway = await start(new URL(url!).port);
        }
      }
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
      const job = await signalbox.analysis(id);
      expect(job).toMatchObject({ status: 'COMPLETED', attempt: 2, lastSeq: seqs.length });

      const told = await story;
      expect(told.at(-1)?.text).toBe(job?.result?.report.markdown);
      expect(told.filter(({ offset }) => offset === 0)).toHaveLength(2);
    } finally {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
