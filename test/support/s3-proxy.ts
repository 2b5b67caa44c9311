import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import { onCleanUp } from './clean-up.ts';

/** A fault that the proxy injects into a request; undefined: it is passed on. */
export type Fault =
  /** the connection is reset, unread */
  | 'reset'
  /** it is reset in the middle of the body of the request, or at once if there is none */
  | 'reset in the middle'
  /** half of the answer, then the connection ends */
  | 'truncate'
  /** an upload is answered with 200, and not stored */
  | 'lost'
  /** passed on, but a byte of each part of the body of the request is another one */
  | 'damaged'
  /** a listing is answered with 200 and without any entry */
  | 'empty'
  /** passed on after a second and a half */
  | 'slow'
  /** never answered */
  | 'silent'
  | 403
  | 404
  | 429
  | 503
  | undefined;

export type S3Request = { readonly method: string; readonly path: string };

export type S3Proxy = {
  readonly endpoint: string;
  /** `METHOD /path` of every request since it was last emptied. */
  readonly requests: string[];
  /** Decides about each request; the answers other than undefined are counted. */
  decide: (request: S3Request) => Fault;
  readonly injected: () => number;
};

const CODES = { 403: 'AccessDenied', 404: 'NoSuchBucket', 429: 'TooManyRequests', 503: 'SlowDown' };
const SLOW_MS = 1_500;

/** A proxy between rclone and an S3 server that counts, and misbehaves on request. */
export async function startS3Proxy(target: string): Promise<S3Proxy> {
  let injected = 0;
  const requests: string[] = [];
  const proxy: S3Proxy = {
    endpoint: '',
    requests,
    decide: () => undefined,
    injected: () => injected,
  };
  const server = createServer((incoming, answer) => {
    const { method = '', url = '' } = incoming;
    requests.push(`${method} ${url}`);
    const fault = proxy.decide({ method, path: url });
    if (fault !== undefined) injected += 1;
    handle({ incoming, answer, target }, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(proxy, { endpoint: `http://127.0.0.1:${port}` });
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly target: string;
}

function handle(exchange: Exchange, fault: Fault): void {
  const { incoming, answer } = exchange;
  if (fault === 'reset') incoming.socket.resetAndDestroy();
  else if (fault === 'reset in the middle') resetInTheMiddle(incoming);
  else if (fault === 'silent') incoming.resume();
  else if (fault === 'slow') setTimeout(passOn, SLOW_MS, exchange);
  else if (fault === 'lost') incoming.resume().on('end', () => answer.writeHead(200).end());
  else if (fault === 'empty') answerXml(exchange, 200, '<ListBucketResult></ListBucketResult>');
  else if (typeof fault === 'number')
    answerXml(exchange, fault, `<Error><Code>${CODES[fault]}</Code><Message>x</Message></Error>`);
  else passOn(exchange, fault);
}

function resetInTheMiddle(incoming: IncomingMessage): void {
  incoming.once('data', () => incoming.socket.resetAndDestroy());
  incoming.once('end', () => incoming.socket.resetAndDestroy());
}

function answerXml({ incoming, answer }: Exchange, status: number, xml: string): void {
  incoming.resume();
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
}

function passOn({ incoming, answer, target }: Exchange, fault?: Fault): void {
  const { method, url, headers } = incoming;
  const outgoing = request(`${target}${url ?? ''}`, { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    if (fault !== 'truncate') {
      response.pipe(answer);
      return;
    }
    response.once('data', (chunk: Buffer) => {
      answer.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => answer.destroy());
    });
    response.once('end', () => answer.destroy());
  });
  outgoing.on('error', () => answer.destroy());
  if (fault === 'damaged') incoming.pipe(damaging()).pipe(outgoing);
  else incoming.pipe(outgoing);
}

function damaging(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      chunk.writeUInt8(chunk.readUInt8(0) ^ 1);
      done(null, chunk);
    },
  });
}
