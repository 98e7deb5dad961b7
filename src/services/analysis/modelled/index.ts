/**
 * Analyses by a language model: a planner, a writer of code and a writer of reports, each a call with a prompt of its
 * own. It knows the model behind an interface, and the profile of the data; it never sees the rows.
 */
import type { LanguageModel, Message } from '../../models/index.ts';
import type { Analyst, FailedProgram, Plan, Question, Thinking } from '../analyst.ts';
import { describeExecution, describePlan, describeQuestion, languageName, prompt } from './prompts.ts';

const MAX_OUTPUT_TOKENS = 8_000;

const PLAN_SCHEMA = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    steps: { type: 'array', items: { type: 'string' } },
  },
  required: ['summary', 'steps'],
  additionalProperties: false,
};

const PROGRAM_SCHEMA = {
  type: 'object',
  properties: { code: { type: 'string', description: 'The JavaScript program, without a fence around it.' } },
  required: ['code'],
  additionalProperties: false,
};

/**
 * @param name The provider's name of the model; clients see it as the job's model.
 * @param modelOf The model of a session, asked as its flag says.
 */
export function modelledAnalyst(name: string, modelOf: (sessionId: string) => LanguageModel): Analyst {
  const structured = async <Value>(
    schemaName: string,
    schema: Record<string, unknown>,
    messages: Message[],
    { sessionId, signal, used }: Thinking,
  ): Promise<Value> => {
    const { value, usage } = await modelOf(sessionId).structured<Value>(
      { model: name, messages, maxOutputTokens: MAX_OUTPUT_TOKENS, schemaName, schema },
      signal,
    );
    await used(usage);
    return value;
  };

  return {
    model: name,

    plan(question, thinking): Promise<Plan> {
      const messages = conversation('plan', question, describeQuestion(question));
      return structured<Plan>('analysis_plan', PLAN_SCHEMA, messages, thinking);
    },

    async code(question, plan, failed, thinking): Promise<string> {
      const messages = conversation('code', question, describeQuestion(question), describePlan(plan));
      if (failed) messages.push({ role: 'user', content: repairOf(failed) });
      const { code } = await structured<{ code: string }>(
        'analysis_program',
        PROGRAM_SCHEMA,
        messages,
        thinking,
      );
      return unfenced(code);
    },

    async *report(question, plan, execution, { sessionId, signal, used }): AsyncIterable<string> {
      const messages = conversation(
        'report',
        question,
        describeQuestion(question),
        describePlan(plan),
        describeExecution(execution),
      );
      const request = { model: name, messages, maxOutputTokens: MAX_OUTPUT_TOKENS };
      for await (const piece of modelOf(sessionId).stream(request, signal)) {
        if ('usage' in piece) await used(piece.usage);
        else yield piece.text;
      }
    },
  };
}

const conversation = (
  name: 'plan' | 'code' | 'report',
  question: Question,
  ...parts: string[]
): Message[] => [
  { role: 'system', content: prompt(name, { language: languageName(question) }) },
  { role: 'user', content: parts.join('\n\n') },
];

const repairOf = ({ code, error }: FailedProgram): string => prompt('repair', { code, error });

/** Models fence code out of habit, whatever they are told. */
const unfenced = (code: string): string => /^\s*```\w*\n([\s\S]*?)\n?```\s*$/.exec(code)?.[1] ?? code;
