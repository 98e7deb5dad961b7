import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

interface Form {
  etag: string;
  bytes: Buffer;
  encoding?: 'gzip';
}

/** What a page says, which data need not. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;

/** Kept by browsers, but looked at again: the next release's has another tag. */
const CACHE_HEADERS = { 'cache-control': 'no-cache', vary: 'Accept, Accept-Encoding' } as const;

/**
 * A page for browsers, made when it is first asked for. It has 9 MB, compressed 2.4 MB, and anybody may ask: those who
 * are slow to read it, or do not, all hold the same bytes.
 */
export class Page {
  readonly #render: () => string;
  #forms: Promise<Record<'plain' | 'compressed', Form>> | undefined;

  constructor(render: () => string) {
    this.#render = render;
  }

  /** Whoever asks as a browser does gets the page, whatever the query is. */
  isFor({ method, headers }: IncomingMessage): boolean {
    return method === 'GET' && headers.accept?.includes('text/html') === true;
  }

  async answer({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#forms ??= this.#make();
    const forms = await this.#forms;
    const { etag, bytes, encoding } = takesGzip(headers['accept-encoding']) ? forms.compressed : forms.plain;
    if (headers['if-none-match']?.includes(etag)) {
      response.writeHead(304, { ...CACHE_HEADERS, etag }).end();
      return;
    }
    response.writeHead(200, {
      ...PAGE_HEADERS,
      ...CACHE_HEADERS,
      etag,
      'content-length': bytes.length,
      ...(encoding && { 'content-encoding': encoding }),
    });
    response.end(bytes);
  }

  async #make(): Promise<Record<'plain' | 'compressed', Form>> {
    const bytes = Buffer.from(this.#render());
    const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
    return {
      plain: { etag: `"${hash}"`, bytes },
      compressed: { etag: `"${hash}-gzip"`, bytes: await compress(bytes), encoding: 'gzip' },
    };
  }
}

const compress = promisify(gzip);

/** Where it is not named, it is not wanted; neither with a weight of 0. */
const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((one) => /^\s*gzip\s*(;|$)/i.test(one) && !/;\s*q=0(\.0*)?\s*$/i.test(one));
