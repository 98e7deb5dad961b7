import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import type { Call } from './call.ts';
import { badRequest, consume, tooLarge } from './consume.ts';
import { refusal } from './errors.ts';
import type { ServerLimits } from './limits.ts';
import { readMultipart } from './uploads.ts';

export const JSON_TYPE = 'application/json';

type BodyLimits = Pick<ServerLimits, 'jsonBytes' | 'bodyMs' | 'uploadBytes' | 'uploadFiles' | 'uploadMs'>;

export interface FromNode {
  call: Call;
  /** Absent where a Request was handed over in-process. */
  req?: IncomingMessage;
  /** What the body said, or what was wrong with it, where somebody has read it already. */
  body?: Promise<GraphQLParams>;
}

/**
 * Reads request bodies within bounds: JSON, and multipart for uploads. Yoga's own reading pipes every body through a
 * web stream, collects it whatever its size is, and quotes invalid JSON back.
 */
export function useBodies(limits: BodyLimits): Plugin<object, FromNode> {
  return {
    onRequestParse({ request, url, serverContext, setRequestParser }) {
      if (request.method === 'GET') setRequestParser(() => readSearch(url.searchParams));
      if (request.method !== 'POST') return;
      const type = mediaType(request.headers.get('content-type'));
      const source = () => serverContext.req ?? Readable.from(request.body ?? []);

      if (type === JSON_TYPE) {
        refuseIfAnnounced(request.headers, limits.jsonBytes);
        setRequestParser(async () => serverContext.body ?? readJson(source(), limits));
      } else if (type === 'multipart/form-data') {
        refuseIfAnnounced(request.headers, limits.uploadBytes);
        const contentType = request.headers.get('content-type')!;
        setRequestParser(() => readMultipart(source(), contentType, serverContext.call, limits));
      } else {
        throw refusal(
          'UNSUPPORTED_MEDIA_TYPE',
          415,
          'Send application/json, or multipart/form-data for files.',
        );
      }
    },
  };
}

function refuseIfAnnounced(headers: Headers, limit: number): void {
  if (Number(headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
}

function readSearch(search: URLSearchParams): GraphQLParams {
  const text = (name: string) => search.get(name) ?? undefined;
  const variables = text('variables');
  return {
    query: text('query'),
    operationName: text('operationName'),
    ...(variables && { variables: parsedJson(variables, 'The parameter `variables`') }),
  } as GraphQLParams;
}

/** A content type without its parameters: JSON is UTF-8 whatever they say. */
export const mediaType = (contentType: string | null | undefined): string | undefined =>
  contentType === JSON_TYPE ? JSON_TYPE : contentType?.split(';')[0]?.trim().toLowerCase();

/** @throws {GraphQLError} What `consume` throws, and BAD_REQUEST where it is no JSON object. */
export async function readJson(
  source: Readable,
  limits: Pick<BodyLimits, 'jsonBytes' | 'bodyMs'>,
): Promise<GraphQLParams> {
  const chunks: Buffer[] = [];
  await consume(source, { bytes: limits.jsonBytes, ms: limits.bodyMs }, (chunk) => {
    chunks.push(chunk);
  });
  return jsonFrom(Buffer.concat(chunks), limits);
}

/** The same for a body that is here. */
export function jsonFrom(bytes: Buffer, { jsonBytes }: Pick<BodyLimits, 'jsonBytes'>): GraphQLParams {
  if (bytes.length > jsonBytes) throw tooLarge(jsonBytes);
  const body = parsedJson(bytes.toString('utf8'), 'The request body');
  if (typeof body !== 'object' || body === null) throw badRequest('The request body must be a JSON object.');
  return body as GraphQLParams;
}

function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${what} is not valid JSON.`);
  }
}
