import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onCleanUp } from './clean-up.ts';

/** What the proxy does to a request instead of passing it on; undefined: pass it on. */
export type Fault = 'reset' | 'truncate' | 'lost' | 429 | 503 | undefined;

export type S3Proxy = {
  readonly endpoint: string;
  /** `METHOD /path` of every request since it was last emptied. */
  readonly requests: string[];
  /** Decides about each request; the answers other than undefined are counted. */
  decide: (request: { readonly method: string; readonly path: string }) => Fault;
  readonly injected: () => number;
};

/** Stands between rclone and an S3 server: counts, and misbehaves when told to. */
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
  if (fault === 'reset') {
    incoming.socket.destroy();
  } else if (fault === 'lost') {
    incoming.resume().on('end', () => answer.writeHead(200).end()); // stored, it says
  } else if (fault === 429 || fault === 503) {
    incoming.resume();
    const code = fault === 429 ? 'TooManyRequests' : 'SlowDown';
    answer.writeHead(fault, { 'content-type': 'application/xml' });
    answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>x</Message></Error>`);
  } else {
    passOn(exchange, fault === 'truncate');
  }
}

function passOn({ incoming, answer, target }: Exchange, isTruncated: boolean): void {
  const { method, url, headers } = incoming;
  const outgoing = request(`${target}${url ?? ''}`, { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 500, response.headers);
    if (!isTruncated) {
      response.pipe(answer);
      return;
    }
    response.once('data', (chunk: Buffer) => {
      answer.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => answer.destroy());
    });
    response.once('end', () => answer.destroy());
  });
  outgoing.on('error', () => answer.destroy());
  incoming.pipe(outgoing);
}
