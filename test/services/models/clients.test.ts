import { describe, expect, it } from 'vitest';
import { Clients } from '../../../src/services/models/clients.ts';
import { after, said, startProvider } from '../../support/provider.ts';
import { models, patient, request } from './models.ts';

/** Clients that take a while to make, and are numbered. */
function slowly(maxSize?: number) {
  let made = 0;
  const clients = new Clients<{ baseUrl: string; apiKey?: string | undefined }, number>(async () => {
    await new Promise((next) => setTimeout(next, 5));
    made += 1;
    return made;
  }, maxSize);
  return { clients, made: () => made };
}

describe('the shared client', () => {
  it('is made once for 20 callers at the same time', async () => {
    const { clients, made } = slowly();
    const all = await Promise.all(Array.from({ length: 20 }, () => clients.get({ baseUrl: 'a' })));

    expect(new Set(all)).toEqual(new Set([1]));
    expect(made()).toBe(1);
    expect(clients.info()).toEqual({ hits: 19, misses: 1, maxSize: 8, currentSize: 1 });
  });

  it('is one for 20 calls of the models at the same time', async () => {
    await using provider = await startProvider(after(5, said('fine')));
    const layer = models(provider.url);
    await Promise.all(Array.from({ length: 20 }, () => layer.languageModel().text(request, patient())));
    expect(layer.cacheInfo()).toEqual({ hits: 19, misses: 1, maxSize: 8, currentSize: 1 });
  });

  it('is another one for another configuration, whatever the order of its fields', async () => {
    const { clients, made } = slowly();
    await clients.get({ baseUrl: 'a', apiKey: 'x' });
    await clients.get({ apiKey: 'x', baseUrl: 'a' });
    await clients.get({ baseUrl: 'a', apiKey: 'y' });
    expect(made()).toBe(2);
  });

  it('that could not be made is not kept', async () => {
    let tries = 0;
    const clients = new Clients(async () => {
      tries += 1;
      if (tries === 1) throw new Error('no luck');
      return tries;
    });
    const asked = Array.from({ length: 3 }, () => clients.get({}));
    for (const client of asked) await expect(client).rejects.toThrow('no luck');

    expect(await clients.get({})).toBe(2);
    expect(clients.info().currentSize).toBe(1);
  });

  it('leaves when many others were asked for since', async () => {
    const { clients, made } = slowly(2);
    await clients.get({ baseUrl: 'a' });
    await clients.get({ baseUrl: 'b' });
    await clients.get({ baseUrl: 'a' });
    await clients.get({ baseUrl: 'c' });
    expect(clients.info().currentSize).toBe(2);

    await clients.get({ baseUrl: 'a' });
    expect(made()).toBe(3);
    await clients.get({ baseUrl: 'b' });
    expect(made()).toBe(4);
  });

  it('can be forgotten', async () => {
    const { clients } = slowly();
    await clients.get({ baseUrl: 'a' });
    clients.clear();
    expect(clients.info()).toEqual({ hits: 0, misses: 0, maxSize: 8, currentSize: 0 });
  });
});
