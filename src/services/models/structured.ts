import { z } from 'zod';

export type Checked = { value: unknown } | { problem: string };

/**
 * Prepares to check answers against a JSON Schema.
 *
 * @returns What an answer says, or in a few words what is wrong with it.
 * @throws {TypeError} The schema uses what cannot be checked, such as `if`, `not` or a remote `$ref`.
 */
export function answerCheck(schema: Record<string, unknown>): (answer: string) => Checked {
  const zod = convert(schema);
  return (answer) => {
    let value: unknown;
    try {
      value = JSON.parse(answer);
    } catch {
      return { problem: 'it is no JSON' };
    }
    const result = zod.safeParse(value);
    // The answer as it came: zod would fill in defaults and drop what the schema does not name.
    if (result.success) return { value };
    const [issue] = result.error.issues;
    return { problem: `${issue?.path.join('.') || 'the answer'}: ${issue?.message}` };
  };
}

function convert(schema: Record<string, unknown>): z.ZodType {
  try {
    return z.fromJSONSchema(schema);
  } catch (error) {
    throw new TypeError(`This JSON Schema cannot be checked: ${(error as Error).message}`, { cause: error });
  }
}
