import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../src/config/index.ts';

const read = (path: string) => readFileSync(new URL(`../deploy/${path}`, import.meta.url), 'utf8');
/** Names that others than the gateway read. */
const OTHERS = ['NODE_ENV'];
const known = [...Object.keys(SETTINGS), ...OTHERS];
const unknown = (names: Iterable<string>) => [...names].filter((name) => !known.includes(name));

/** What a unit sets where no file can undo it: between `env` and the program. */
function fixed(file: string): Map<string, string> {
  const [, pairs = ''] = /^ExecStart=\/usr\/bin\/env((?: [A-Z_]+=\S+)+)/m.exec(read(`systemd/${file}`)) ?? [];
  return new Map(
    pairs
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=') as [string, string]),
  );
}

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
      expect(unknown([...names, ...fixed(file).keys()])).toEqual([]);
    },
  );

  it('makes a worker of a worker, whatever its settings file says', () => {
    expect(fixed('signalbox-worker@.service')).toEqual(
      new Map([
        ['ROLE', 'worker'],
        ['PROBE_PORT', '410%i'],
      ]),
    );
  });

  it('hands on the Host header with the port that a page of the same origin names', () => {
    const { configs } = parse(read('compose.yaml'), { merge: true });
    expect(configs.nginx.content).toContain('proxy_set_header Host $$http_host;');
  });

  it('has each gateway of the chart probed by its address', () => {
    expect(read('helm/signalbox/templates/gateway.yaml')).not.toContain('httpHeaders');
  });
});
