import { z } from 'zod';

const LONGEST_NAME = 80;
const LONGEST_TEXT = 2_000;
const LONGEST_GOAL = 300;
const MOST_GOALS = 8;

const text = (max: number) => {
  const allowed = `must be text of 1 to ${max} characters`;
  return z.string(allowed).trim().min(1, allowed).max(max, allowed);
};

const goals = z
  .array(text(LONGEST_GOAL), `must be a list of 1 to ${MOST_GOALS} texts`)
  .min(1, `must be a list of 1 to ${MOST_GOALS} texts`)
  .max(MOST_GOALS, `must be a list of 1 to ${MOST_GOALS} texts`);

/** An object with these fields and no others; a misspelt one is not ignored. */
const exactly = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has unknown fields: ${issue.keys.join(', ')}; allowed are ${Object.keys(shape).join(', ')}`
        : `must have the fields ${Object.keys(shape).join(', ')}`,
  });

const persona = exactly({
  name: text(LONGEST_NAME),
  role: text(LONGEST_NAME),
  /** Manner, history, and what weighs on them. */
  character: text(LONGEST_TEXT),
  /** Facts that the other one has not heard of. */
  knows: text(LONGEST_TEXT).optional(),
  /** What they want out of the conversation; the other one is not told. */
  goals,
});

const personas = 'must be two personas with different names';

/** A scenario as its file says it. */
export const scenarioFile = exactly({
  id: z
    .string('must be lower-case words with hyphens between them, at most 64 characters')
    .regex(
      /^(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*$/,
      'must be lower-case words with hyphens between them, at most 64 characters',
    ),
  /** BCP 47: the language that the personas speak. */
  language: z
    .string('must be a language tag such as en, ja or pt-BR')
    .refine(isLanguage, 'must be a language tag such as en, ja or pt-BR'),
  title: text(LONGEST_NAME),
  /** What whoever chooses a scenario gets to read. */
  description: text(LONGEST_TEXT),
  /** What both personas know when the conversation begins. */
  situation: text(LONGEST_TEXT),
  personas: z.tuple([persona, persona], personas).refine(([one, other]) => one.name !== other.name, personas),
  /** Name of the persona that talks with the user, who is the other one. */
  partner: text(LONGEST_NAME),
  /** The partner's first words. */
  opening: text(LONGEST_TEXT),
  /** What whoever plays the scenario can practise. */
  aims: goals,
}).refine(({ personas, partner }) => personas.some(({ name }) => name === partner), {
  path: ['partner'],
  error: 'must be the name of one of the personas',
  when: ({ issues }) => issues.length === 0,
});

export type Scenario = z.output<typeof scenarioFile>;
export type Persona = Scenario['personas'][number];

/** The persona that talks with the user, and says the first words. */
export const partnerOf = ({ personas: [one, other], partner }: Scenario): Persona =>
  one.name === partner ? one : other;

/** The one that the user plays. */
export const counterpartOf = ({ personas: [one, other], partner }: Scenario): Persona =>
  one.name === partner ? other : one;

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
