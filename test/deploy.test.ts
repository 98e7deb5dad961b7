import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../src/config/index.ts';

const read = (path: string) => readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8');
/** Names that others than the gateway read. */
const OTHERS = ['NODE_ENV'];
const known = [...Object.keys(SETTINGS), ...OTHERS];
const unknown = (names: Iterable<string>) => [...names].filter((name) => !known.includes(name));

describe('what is there to deploy', () => {
  it('sets in containers only what the gateway knows', () => {
    const [, settings = ''] = /^ENV (.+)$/m.exec(read('Dockerfile')) ?? [];
    const names = settings.split(' ').map((pair) => pair.split('=')[0] ?? '');
    expect(names).toContain('HOST');
    expect(unknown(names)).toEqual([]);
  });

  it('sets in compose only what the gateway knows', () => {
    const { services } = parse(read('compose.yaml'), { merge: true });
    for (const role of ['gateway', 'worker']) {
      const { environment } = services[role];
      expect(environment).toMatchObject({ ROLE: role, DATABASE_URL: expect.any(String) });
      expect(unknown(Object.keys(environment))).toEqual([]);
    }
  });

  it.each(['gateway', 'worker'])('sets in the chart’s %s only what the gateway knows', (role) => {
    const names = [...read(`helm/signalbox/templates/${role}.yaml`).matchAll(/\{ name: ([A-Z_]+), value/g)];
    expect(names.map(([, name]) => name)).toContain('ROLE');
    expect(unknown(names.map(([, name]) => name ?? ''))).toEqual([]);
    expect(unknown(Object.keys(parse(read('helm/signalbox/values.yaml')).settings))).toEqual([]);
  });

  it.each(readdirSync(new URL('../deploy/systemd/', import.meta.url)))(
    '%s sets only what the gateway knows',
    (file) => {
      const lines = [...read(`systemd/${file}`).matchAll(/^Environment=(.+)$/gm)].map(
        ([, pairs]) => pairs ?? '',
      );
      const names = lines.flatMap((pairs) => pairs.split(' ').map((pair) => pair.split('=')[0] ?? ''));
      expect(names.length).toBeGreaterThan(0);
      expect(unknown(names)).toEqual([]);
    },
  );
});
