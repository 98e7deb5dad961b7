import { counterpartOf, type Persona, partnerOf, type Scenario } from './scenario.ts';
import { wordsFor } from './words.ts';

export type PersonaIndex = 0 | 1;

/** What the service is told that plays the partner, while the user plays the other persona. */
export function scenarioInstructions(scenario: Scenario): string {
  const words = wordsFor(scenario.language);
  const self = partnerOf(scenario);
  const other = counterpartOf(scenario);
  return [
    words.playing(self, other),
    ...scene(scenario, self),
    section(words.practised, list(scenario.aims)),
    section(words.opened, scenario.opening),
    section(words.manner, list([...words.speech(self, other), ...words.withPerson(self)])),
  ].join('\n\n');
}

/** What the service is told that speaks for one persona, while the user watches both. */
export function watchInstructions(scenario: Scenario, persona: PersonaIndex): string {
  const words = wordsFor(scenario.language);
  const self = scenario.personas[persona];
  const other = scenario.personas[otherThan(persona)];
  return [
    words.watched(self, other),
    ...scene(scenario, self),
    section(words.shown, list(scenario.aims)),
    section(words.manner, list([...words.speech(self, other), ...words.withPersona])),
  ].join('\n\n');
}

/** What to ask a service for the next line of a conversation that is watched. */
export interface NextLine {
  speaker: Persona;
  instructions: string;
  /** As the speaker lived through it: its own lines are the assistant's. */
  history: { role: 'user' | 'assistant'; content: string }[];
  /** The other one's last words. */
  message: string;
}

/**
 * The two speak in turn. The partner begins, with the scenario's opening, which nobody has to be asked for.
 *
 * @param said The lines behind the opening so far, oldest first.
 */
export function nextLine(scenario: Scenario, said: readonly string[]): NextLine {
  const lines = [scenario.opening, ...said];
  const partner: PersonaIndex = scenario.personas[0].name === scenario.partner ? 0 : 1;
  const speaker = lines.length % 2 === 0 ? partner : otherThan(partner);
  return {
    speaker: scenario.personas[speaker],
    instructions: watchInstructions(scenario, speaker),
    history: lines.slice(0, -1).map((content, index) => ({
      role: (lines.length - index) % 2 === 0 ? 'assistant' : 'user',
      content,
    })),
    message: lines.at(-1) ?? scenario.opening,
  };
}

function scene({ language, situation }: Scenario, { character, knows, goals }: Persona): string[] {
  const words = wordsFor(language);
  return [
    section(words.situation, situation),
    section(words.character, character),
    ...(knows ? [section(words.knows, knows)] : []),
    section(words.goals, list(goals)),
  ];
}

const otherThan = (persona: PersonaIndex): PersonaIndex => (persona === 0 ? 1 : 0);

const section = (title: string, text: string): string => `${title}\n${text}`;

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');
