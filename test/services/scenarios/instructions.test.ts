import { describe, expect, it } from 'vitest';
import {
  nextLine,
  type Scenario,
  Scenarios,
  scenarioInstructions,
  watchInstructions,
} from '../../../src/services/scenarios/index.ts';

const scenarios = new Scenarios();
const find = (id: string): Scenario => {
  const scenario = scenarios.find(id);
  if (!scenario) throw new Error(`There is no scenario ${id}.`);
  return scenario;
};
const delayed = find('delayed-project');
const [tom, ingrid] = delayed.personas;

describe('talking with a scenario’s partner', () => {
  it('is told who it is, what it wants, how it began and what the person practises', () => {
    const told = scenarioInstructions(delayed);
    for (const part of [
      delayed.situation,
      delayed.opening,
      ingrid.character,
      ...ingrid.goals,
      ...delayed.aims,
    ])
      expect(told).toContain(part);
    expect(told).toContain('You are Ingrid Halvorsen (head of e-commerce at Halden Outdoor)');
    expect(told).toContain('Speak English');
  });

  it('is not told what only the other one knows and wants', () => {
    const told = scenarioInstructions(delayed);
    expect(tom.knows).toContain('load test');
    for (const secret of [tom.knows ?? '', tom.character, ...tom.goals]) expect(told).not.toContain(secret);
  });

  it('is told in Japanese where the scenario is', () => {
    const told = scenarioInstructions(find('ja-bad-news-report'));
    expect(told).toContain('あなたは村瀬 健一（開発二課 課長）です。');
    expect(told).not.toContain('二重に引かれる');
    expect(told).not.toMatch(/You are|How you speak/);
  });

  it('names any other language', () => {
    expect(scenarioInstructions({ ...delayed, language: 'pt-BR' })).toContain('Speak Brazilian Portuguese');
  });
});

describe('watching two personas', () => {
  it.each(scenarios.list().map((scenario) => [scenario.id, scenario] as const))(
    '%s: each knows its own side',
    (_, scenario) => {
      for (const [self, other] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const told = watchInstructions(scenario, self);
        for (const goal of scenario.personas[self].goals) expect(told).toContain(goal);
        for (const goal of scenario.personas[other].goals) expect(told).not.toContain(goal);
        const theirs = scenario.personas[other].knows;
        if (theirs) expect(told).not.toContain(theirs);
      }
    },
  );

  it('begins with the partner’s opening, which the other one answers', () => {
    expect(nextLine(delayed, [])).toEqual({
      speaker: tom,
      instructions: watchInstructions(delayed, 0),
      history: [],
      message: delayed.opening,
    });
  });

  it('turns the roles with every line', () => {
    expect(nextLine(delayed, ['one', 'two', 'three'])).toMatchObject({
      speaker: ingrid,
      history: [
        { role: 'assistant', content: delayed.opening },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
      ],
      message: 'three',
    });
    expect(nextLine(delayed, ['one', 'two'])).toMatchObject({
      speaker: tom,
      history: [
        { role: 'user', content: delayed.opening },
        { role: 'assistant', content: 'one' },
      ],
      message: 'two',
    });
  });
});
