import { BlockList, isIP } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HostRule {
  /** the address that the server listens on */
  readonly address: string;
  /** `allowedHosts` of the configuration, in lower case; undefined when it is not set */
  readonly allowedHosts: readonly string[] | undefined;
}

/**
 * Returns the first host in a request that must be refused; undefined if all are fine. Addresses and `localhost` are always fine:
 * a website that points its own host name here (DNS rebinding) can only send that name. Pure.
 *
 * @param named every `Host` header, and the target, which may be a full URL (RFC 9112, 3.2.2)
 */
export function findForeignHost(
  named: { readonly hosts: readonly string[]; readonly target: string },
  { address, allowedHosts }: HostRule,
): string | undefined {
  if (allowedHosts === undefined && !isLoopback(address)) return undefined;
  const inTarget = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(named.target)?.[1];
  const all = [...named.hosts, ...(inTarget === undefined ? [] : [inTarget])];
  return all.find((host) => {
    const name = nameOf(host);
    return name !== undefined && !isAllowedHost(name) && allowedHosts?.includes(name) !== true;
  });
}

/** Refuses a request for an unknown host, with the key to set, and returns whether it did. */
export function refuseForeignHost(
  request: IncomingMessage,
  response: ServerResponse,
  rule: HostRule,
): boolean {
  const hosts = request.headersDistinct['host'] ?? [];
  const foreign = findForeignHost({ hosts, target: request.url ?? '' }, rule);
  if (foreign === undefined) return false;
  const text =
    `421 Misdirected Request: the host ${JSON.stringify(foreign)} is not known here.\n` +
    'Use an IP address or localhost, or add the name to allowedHosts in backup-syncd.yaml.\n';
  response.writeHead(421, {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
    Connection: 'close',
  });
  response.end(request.method === 'HEAD' ? undefined : text);
  return true;
}

/** The host in lower case, without port, brackets, zone and trailing dot; undefined if there is none. */
function nameOf(host: string): string | undefined {
  const trimmed = host.trim().toLowerCase();
  if (trimmed === '') return undefined; // HTTP/1.0, or a tool: a browser always sends one
  const [, address, name] =
    /^(?:\[([\da-f:.]+)(?:%[^\]]*)?\]|([^:@[\]]+))(?::\d*)?$/.exec(trimmed) ?? [];
  return address ?? name?.replace(/\.$/, '') ?? trimmed;
}

function isAllowedHost(name: string): boolean {
  return name === 'localhost' || isIP(name) !== 0;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(address: string): boolean {
  return LOOPBACK.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
