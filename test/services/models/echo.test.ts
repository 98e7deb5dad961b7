import { describe, expect, it } from 'vitest';
import { models, patient, request } from './models.ts';

describe('a gateway without a provider', () => {
  const layer = models(undefined, { apiKey: undefined });
  const model = layer.languageModel();

  it('answers with an echo that says what it is', async () => {
    expect(layer.configured).toBe(false);
    expect(await model.text(request, patient())).toEqual({
      value: 'I am an echo: no language model is configured. You said: Hello?',
      usage: { inputTokens: 0, outputTokens: 0 },
    });
  });

  it('streams the same words', async () => {
    let text = '';
    for await (const piece of model.stream(request, patient())) text += 'text' in piece ? piece.text : '';
    expect(text).toBe((await model.text(request, patient())).value);
  });

  it('stops when it is told to', async () => {
    const caller = new AbortController();
    const listen = async () => {
      for await (const _ of model.stream(request, caller.signal)) caller.abort(new Error('enough'));
    };
    await expect(listen()).rejects.toThrow('enough');
  });

  it('does not invent data', async () => {
    const asked = { ...request, schemaName: 'plan', schema: { type: 'object' } };
    await expect(model.structured(asked, patient())).rejects.toMatchObject({ code: 'MODEL_ANSWER' });
  });
});
