import { Call, type CallNeeds, tokensOf, total } from './call.ts';
import type { Connection } from './connection.ts';
import { ModelAnswerError } from './errors.ts';
import { estimateCall, estimateTokens } from './estimate.ts';
import type {
  CallTime,
  LanguageModel,
  Reply,
  ReplyPiece,
  StructuredRequest,
  TextRequest,
  TokenUsage,
} from './model.ts';
import { answerCheck } from './structured.ts';

export interface ProviderNeeds extends CallNeeds {
  /** The shared client. */
  connect: () => Promise<Connection>;
}

/** Answers that break their schema are asked for once more. */
const MAX_ANSWERS = 2;

/** A language model behind a provider: within its limits, with patience, and paid for once. */
export class ProviderModel implements LanguageModel {
  readonly #needs: ProviderNeeds;

  constructor(needs: ProviderNeeds) {
    this.#needs = needs;
  }

  get deadlineMs(): number {
    return this.#needs.patience.deadlineMs;
  }

  async text(request: TextRequest, signal: AbortSignal, time?: CallTime): Promise<Reply<string>> {
    using call = await this.#begin(request, signal, time);
    const { value, usage, cut } = await answer(call, request, (api) => api.body(request));
    return { value, usage, ...(cut && { cut }) };
  }

  async *stream(request: TextRequest, signal: AbortSignal, time?: CallTime): AsyncIterable<ReplyPiece> {
    using call = await this.#begin(request, signal, time);
    for (let said = false; ; ) {
      try {
        for await (const piece of attempt(call, request)) {
          said ||= 'text' in piece;
          yield piece;
        }
        return;
      } catch (error) {
        // What the caller has heard cannot be taken back.
        if (said) throw call.failed(error);
        await call.recover(error);
      }
    }
  }

  async structured<Value>(
    request: StructuredRequest,
    signal: AbortSignal,
    time?: CallTime,
  ): Promise<Reply<Value>> {
    const check = answerCheck(request.schema);
    using call = await this.#begin(request, signal, time);
    const usage = { inputTokens: 0, outputTokens: 0 };

    for (let answers = 1; ; answers += 1) {
      const reply = await answer(call, request, (api) => api.structuredBody(request));
      add(usage, reply.usage);
      const checked = check(reply.value);
      if ('value' in checked) return { value: checked.value as Value, usage };

      const problem = reply.cut ? 'it is longer than allowed' : checked.problem;
      if (reply.cut || answers === MAX_ANSWERS)
        throw call.failed(
          new ModelAnswerError(`The answer is not what ${request.schemaName} says: ${problem}.`, { usage }),
        );
    }
  }

  async #begin({ model }: TextRequest, signal: AbortSignal, time?: CallTime): Promise<Call> {
    signal.throwIfAborted();
    return new Call(this.#needs, await this.#needs.connect(), model, signal, time);
  }
}

/** An answer in one piece, tried until it comes. */
async function answer(call: Call, request: TextRequest, bodyFor: (api: Call['api']) => object) {
  for (;;) {
    try {
      const reply = await call.once(
        estimateCall(request),
        async () => call.api.read(await call.ask(bodyFor(call.api))),
        ({ usage }) => usage,
      );
      call.succeeded();
      return reply;
    } catch (error) {
      await call.recover(error);
    }
  }
}

/** One try at a stream. The permit is held until the provider's connection is closed. */
async function* attempt(call: Call, request: TextRequest): AsyncIterable<ReplyPiece> {
  const permit = await call.enter(estimateCall(request));
  let used: number | null = estimateCall({ messages: request.messages, maxOutputTokens: 0 });
  try {
    for await (const piece of call.api.pieces(call.follow(call.api.streamBody(request)))) {
      call.succeeded();
      if ('text' in piece) used += estimateTokens(piece.text);
      else {
        call.used(piece.usage);
        used = total(piece.usage) ?? used;
      }
      yield piece;
    }
  } catch (error) {
    used = tokensOf(error) ?? used;
    throw error;
  } finally {
    await permit.settle(used);
  }
}

function add(sum: TokenUsage, usage: TokenUsage): void {
  sum.inputTokens += usage.inputTokens;
  sum.outputTokens += usage.outputTokens;
}
