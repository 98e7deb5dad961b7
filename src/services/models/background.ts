import { Call, lacksApi } from './call.ts';
import { BackgroundUnsupportedError, ModelRefusedError, ResponseGoneError } from './errors.ts';
import { estimateCall } from './estimate.ts';
import type { BackgroundModel, BackgroundRequest, BackgroundResponse } from './model.ts';
import type { ProviderNeeds } from './provider.ts';
import { backgroundBody, readBackground } from './responses.ts';

/** For the provider to name a response that it may have accepted: what has no name cannot be stopped. */
const NAMING_MS = 3_000;
/** Polls and cancels are counted under this name: they name no model. */
const POLLS = 'background polls';

/** Background responses of a provider that has the Responses API. */
export class ProviderBackground implements BackgroundModel {
  readonly #needs: ProviderNeeds;

  constructor(needs: ProviderNeeds) {
    this.#needs = needs;
  }

  async create(request: BackgroundRequest, signal: AbortSignal): Promise<BackgroundResponse> {
    const tokens = estimateCall({ messages: [{ role: 'user', content: request.question }] });
    return this.#call(request.model, tokens, signal, {
      work: (connection, within) =>
        connection.ask('responses', backgroundBody(request), later(within), request.idempotencyKey),
      refused: (error) => (saysUnsupported(error) ? unsupported(error) : error),
      onlyIfNotStarted: true,
    });
  }

  retrieve(id: string, signal: AbortSignal): Promise<BackgroundResponse> {
    return this.#call(POLLS, 0, signal, {
      work: (connection, within) => connection.retrieve(id, within),
      refused: (error) => (isGone(error) ? gone(id, error) : error),
    });
  }

  async cancel(id: string, signal: AbortSignal): Promise<BackgroundResponse> {
    let over = false;
    const response = await this.#call(POLLS, 0, signal, {
      work: (connection, within) => connection.cancel(id, within),
      refused: (error) => {
        over = error.status === 400;
        return isGone(error) ? gone(id, error) : error;
      },
    }).catch((error: unknown) => {
      if (over) return undefined;
      throw error;
    });
    // Some providers refuse to cancel what has ended.
    return response ?? this.retrieve(id, signal);
  }

  async #call(
    model: string,
    tokens: number,
    signal: AbortSignal,
    request: {
      work: (
        connection: Awaited<ReturnType<ProviderNeeds['connect']>>,
        signal: AbortSignal,
      ) => Promise<unknown>;
      refused: (error: ModelRefusedError) => Error;
      onlyIfNotStarted?: boolean;
    },
  ): Promise<BackgroundResponse> {
    signal.throwIfAborted();
    const connection = await this.#needs.connect();
    if (connection.apis.name !== 'responses') throw unsupported();
    using call = new Call(this.#needs, connection, model, signal);

    for (;;) {
      try {
        return await call.once(
          tokens,
          async () => readBackground(await request.work(connection, call.signal)),
          ({ usage }) => (usage && tokens > 0 ? usage : null),
        );
      } catch (error) {
        const meant = error instanceof ModelRefusedError ? request.refused(error) : error;
        await call.recover(meant, request.onlyIfNotStarted);
      }
    }
  }
}

/** Where no provider is configured. */
export const noBackground: BackgroundModel = {
  create: () => Promise.reject(unsupported()),
  retrieve: (id) => Promise.reject(gone(id)),
  cancel: (id) => Promise.reject(gone(id)),
};

/** Fires NAMING_MS after `signal`, with its reason. */
function later(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => setTimeout(() => late.abort(signal.reason), NAMING_MS).unref(), {
    once: true,
  });
  return late.signal;
}

const unsupported = (cause?: ModelRefusedError) =>
  new BackgroundUnsupportedError('The provider has no background mode.', { cause, status: cause?.status });

const gone = (id: string, cause?: ModelRefusedError) =>
  new ResponseGoneError(`The provider does not have the response ${id} any more.`, {
    cause,
    status: cause?.status,
  });

const isGone = ({ status }: ModelRefusedError): boolean => status === 404 || status === 410;

const saysUnsupported = (error: ModelRefusedError): boolean =>
  lacksApi(error) ||
  (error.status === 400 && (error.vendorParam === 'background' || /\bbackground\b/i.test(error.message)));
