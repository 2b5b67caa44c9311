import type { Request, Response } from 'express';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

interface Body {
  readonly contentType: string;
  readonly body: string | Buffer;
}

/** Below this a packet is a packet. */
const MIN_BYTES = 1400;

/** Sends text (in UTF-8), compressed (in the thread pool, quickly rather than well) if the client takes gzip. */
export async function sendBody(
  request: Request,
  response: Response,
  { contentType, body }: Body,
): Promise<void> {
  response.setHeader('Content-Type', contentType);
  response.vary('Accept-Encoding');
  const isCompressed = body.length >= MIN_BYTES && takesGzip(request);
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  const payload = isCompressed ? await compress(body, FAST) : bytesOf(body);
  response.setHeader('Content-Length', payload.length);
  response.end(payload);
}

function bytesOf(body: string | Buffer): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

function takesGzip(request: Request): boolean {
  return request.acceptsEncodings('gzip', 'identity') === 'gzip';
}

/** One trip to the thread pool for all that comes of a usual answer. */
const FAST = { level: 1, chunkSize: 256 * 1024 };

const compress = promisify(gzip);
