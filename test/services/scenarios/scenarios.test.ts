import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScenarioFilesError, Scenarios } from '../../../src/services/scenarios/index.ts';

const VALID = `
id: own-scenario
language: de
title: Urlaub absprechen
description: Zwei wollen dieselbe Woche.
situation: Das Team hat vier Leute, und zwei davon wollen im August dieselbe Woche frei.
personas:
  - name: Anna
    role: Buchhalterin
    character: Ruhig und genau.
    goals: [Die Woche behalten.]
  - name: Ben
    role: Buchhalter
    character: Laut und herzlich.
    knows: Sein Flug ist schon gebucht.
    goals: [Den Flug behalten., Anna nicht verärgern.]
partner: Ben
opening: Du, Anna, wegen der zweiten Augustwoche …
aims: [Das eigene Anliegen nennen.]
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-scenarios-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

function complaintsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioFilesError);
    for (const line of (error as ScenarioFilesError).complaints)
      expect((error as Error).message).toContain(line);
    return (error as ScenarioFilesError).complaints;
  }
  return [];
}

describe('the scenarios that come with the gateway', () => {
  const scenarios = new Scenarios();

  it('are all there, in English and in Japanese, in an order that stays', () => {
    const files = readdirSync(new URL('../../../src/services/scenarios/library/', import.meta.url));
    const ids = scenarios.list().map(({ id }) => id);
    expect(ids.map((id) => `${id}.yaml`)).toEqual(files.sort());
    expect(new Scenarios().list()).toEqual(scenarios.list());
    for (const language of ['en', 'ja'])
      expect(scenarios.list().filter((scenario) => scenario.language === language)).toHaveLength(6);
  });

  it.each(scenarios.list().map((scenario) => [scenario.id, scenario] as const))(
    '%s: is found, and gives both sides something to want',
    (id, scenario) => {
      expect(scenarios.find(id)).toBe(scenario);
      for (const { goals } of scenario.personas) expect(goals.length).toBeGreaterThanOrEqual(2);
      expect(scenario.aims.length).toBeGreaterThanOrEqual(4);
    },
  );

  it.each(scenarios.list().filter(({ language }) => language === 'ja'))(
    '$id: has no stray spaces in its sentences',
    (scenario) => {
      expect(JSON.stringify({ ...scenario, personas: [] })).not.toMatch(/[、。] [^ -~]/);
    },
  );

  it('give null for one that is not there', () => {
    expect(scenarios.find('nobody')).toBeNull();
    expect(scenarios.find('__proto__')).toBeNull();
  });
});

describe('a folder of one’s own', () => {
  it('adds its scenarios to the others', () => {
    put('own.yaml', VALID);
    put('README.md', 'Not a scenario.');
    const scenarios = new Scenarios(folder);
    expect(scenarios.list()).toHaveLength(new Scenarios().list().length + 1);
    expect(scenarios.find('own-scenario')).toMatchObject({ title: 'Urlaub absprechen', partner: 'Ben' });
  });

  it('that is not there stops the start', () => {
    const missing = join(folder, 'missing');
    expect(complaintsOf(() => new Scenarios(missing))).toEqual([
      expect.stringContaining(`${missing}: cannot be read: ENOENT`),
    ]);
  });

  it('cannot use an id twice, nor one of ours', () => {
    put('a.yaml', VALID);
    put('b.yml', VALID);
    put('c.yaml', VALID.replace('own-scenario', 'salary-negotiation'));
    expect(complaintsOf(() => new Scenarios(folder))).toEqual([
      `${join(folder, 'b.yml')}: id own-scenario is taken by ${join(folder, 'a.yaml')}`,
      expect.stringMatching(
        /c\.yaml: id salary-negotiation is taken by .*library\/salary-negotiation\.yaml$/,
      ),
    ]);
  });

  it('cannot have more scenarios than anybody could choose from', () => {
    for (let index = 0; index <= 500; index += 1) put(`${index}.yaml`, '');
    expect(complaintsOf(() => new Scenarios(folder))).toEqual([
      `${folder}: has 501 scenarios; at most 500 are allowed`,
    ]);
  });

  it('is complained about as a whole, not only up to the first fault', () => {
    put('a.yaml', VALID.replace('title: Urlaub absprechen\n', '').replace('partner: Ben', 'partner: 7'));
    put('b.yaml', 'id: [');
    expect(complaintsOf(() => new Scenarios(folder)).map((line) => line.slice(folder.length + 1))).toEqual([
      'a.yaml: title must be text of 1 to 80 characters',
      'a.yaml: partner must be text of 1 to 80 characters',
      expect.stringMatching(/^b\.yaml: is no YAML: .* at line 1, column \d+$/),
    ]);
  });
});

describe('a scenario file that is wrong', () => {
  const replaced = (what: string | RegExp, by: string) => VALID.replace(what, by);

  it.each<[string, string, string | RegExp]>([
    ['nothing in it', '', /must have the fields id, language, title/],
    ['a list', '- id: x', /must have the fields/],
    ['an unknown field', `${VALID}mood: good\n`, /has unknown fields: mood; allowed are id, language/],
    [
      'a misspelt field of a persona',
      replaced('role: Buchhalterin', 'roll: Buchhalterin\n    role: x'),
      'personas.0 has unknown fields: roll; allowed are name, role, character, knows, goals',
    ],
    ['an id with spaces', replaced('own-scenario', 'Own Scenario'), /^id must be lower-case words/],
    [
      'a language that is none',
      replaced('language: de', 'language: de_DE!'),
      /^language must be a language tag/,
    ],
    ['an empty title', replaced('Urlaub absprechen', '" "'), 'title must be text of 1 to 80 characters'],
    [
      'a title that is a number',
      replaced('Urlaub absprechen', '12'),
      'title must be text of 1 to 80 characters',
    ],
    [
      'a title that is too long',
      replaced('Urlaub absprechen', 'x'.repeat(81)),
      'title must be text of 1 to 80 characters',
    ],
    ['no goals', replaced('[Die Woche behalten.]', '[]'), 'personas.0.goals must be a list of 1 to 8 texts'],
    [
      'the same person twice',
      replaced('name: Ben', 'name: Anna'),
      /^personas must be two personas with different names/,
    ],
    [
      'a partner that nobody is',
      replaced('partner: Ben', 'partner: Cem'),
      'partner must be the name of one of the personas',
    ],
    [
      'one persona',
      replaced(/ {2}- name: Ben[\s\S]*(?=partner)/, ''),
      'personas must be two personas with different names',
    ],
    ['a key that comes twice', `${VALID}title: Again\n`, /is no YAML: Map keys must be unique at line \d+/],
    ['a tag of its own', replaced('title: ', 'title: !secret '), /is no YAML: Unresolved tag: !secret/],
    ['two documents', `${VALID}---\n${VALID}`, /is no YAML/],
    [
      'aliases without end',
      `a: &a [x, x]\nb: &b [${'*a, '.repeat(9)}]\nc: &c [${'*b, '.repeat(9)}]\nd: [${'*c, '.repeat(9)}]\n`,
      /is no YAML: Excessive alias count/,
    ],
    [
      'more than a scenario can need',
      `${VALID}# ${'x'.repeat(70_000)}\n`,
      /has \d+ bytes; at most 65536 are allowed/,
    ],
  ])('stops the start, saying where and what is allowed: %s', (_, text, expected) => {
    put('wrong.yaml', text);
    const [complaint = '', ...more] = complaintsOf(() => new Scenarios(folder));
    expect(more).toEqual([]);
    const prefix = `${join(folder, 'wrong.yaml')}: `;
    expect(complaint.startsWith(prefix)).toBe(true);
    expect(complaint.slice(prefix.length)).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });
});
