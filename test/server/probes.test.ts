import { describe, expect, it, onTestFinished } from 'vitest';
import { startProbes } from '../../src/server/index.ts';
import { silent } from '../support/stores.ts';

async function probed(ready: boolean) {
  const probes = await startProbes({
    host: '127.0.0.1',
    port: 0,
    health: async () => ({ ready, checks: { store: { ok: ready } } }),
    routes: {
      '/metrics': (_, response) => void response.end('up 1\n'),
      '/broken': async () => {
        throw new Error('a fault of the route');
      },
    },
    log: silent,
  });
  onTestFinished(() => probes.close());
  return (path: string) => fetch(`http://127.0.0.1:${probes.port}${path}`);
}

describe('a process that answers no clients', () => {
  it('says how it is', async () => {
    const get = await probed(true);
    const health = await get('/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toEqual({ status: 'ok', checks: { store: { ok: true } } });
    expect((await get('/health/live')).status).toBe(200);
    expect(await (await get('/metrics?x=1')).text()).toBe('up 1\n');
    expect((await get('/graphql')).status).toBe(404);
  });

  it('says when it cannot work, and survives a route that fails', async () => {
    const get = await probed(false);
    expect((await get('/health')).status).toBe(503);
    await expect(get('/broken')).rejects.toThrow();
    expect((await get('/health/live')).status).toBe(200);
  });
});
