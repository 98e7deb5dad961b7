import { expect, it } from 'vitest';
import { openLine } from '../support/away.ts';
import { newFolder } from '../support/folders.ts';
import { createOnServer, describeOnServer } from '../support/stores.ts';
import { Command } from './command.ts';

describeOnServer('a gateway that is told to stop', () => {
  it('ends although its database does not answer, and says so', async () => {
    const database = await createOnServer();
    await using line = await openLine(database);
    await using command = new Command(['serve'], {
      PORT: '0',
      DATABASE_URL: line.url,
      DATA_DIR: newFolder(),
    });
    await command.says(/answers at/);

    line.silence('everybody');
    command.interrupt();
    expect(await command.code).toBe(1);
    expect(command.stdout).toContain('could not stop in time');
    await database.drop();
  }, 180_000);
});
