import type { Request, Response } from 'express';
import { gzipSync } from 'node:zlib';

interface Body {
  readonly contentType: string;
  readonly body: string;
}

/** Below this size, compression does not save a packet. */
const MIN_BYTES = 1400;
/** Above this size, compression would block the event loop for too long: 2 MiB take about 10 ms. */
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * Sends text (UTF-8), compressed (quickly rather than well) if the client accepts gzip. Compresses in the event loop, because a
 * hung file system may block all threads of the pool.
 */
export function sendBody(request: Request, response: Response, { contentType, body }: Body): void {
  response.setHeader('Content-Type', contentType);
  response.vary('Accept-Encoding');
  const bytes = Buffer.from(body);
  const isWorthIt = bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES;
  const isCompressed = isWorthIt && takesGzip(request);
  if (isCompressed) response.setHeader('Content-Encoding', 'gzip');
  const payload = isCompressed ? gzipSync(bytes, FAST) : bytes;
  response.setHeader('Content-Length', payload.length);
  response.end(payload);
}

function takesGzip(request: Request): boolean {
  return request.acceptsEncodings('gzip', 'identity') === 'gzip';
}

const FAST = { level: 1, chunkSize: 256 * 1024 };
