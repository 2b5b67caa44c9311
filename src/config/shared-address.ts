import { isIPv6 } from 'node:net';
import type { ClientConfig, Config, Listen } from './types.ts';

/** Another client whose daemon, if each has its own, could not listen beside this one's. Pure. */
export function sharesAddress(
  { clients, listen }: Pick<Config, 'clients' | 'listen'>,
  client: ClientConfig,
): ClientConfig | undefined {
  const own = client.listen ?? listen;
  return clients.find((each) => each.name !== client.name && isSame(each.listen ?? listen, own));
}

/** Port 0 is any free port. */
function isSame(a: Listen, b: Listen): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  const [one, other] = [canonical(a.host), canonical(b.host)];
  return one === other || includes(one, other) || includes(other, one);
}

/** Whether a listener at one host takes the port of another host. Names are not looked up. */
function includes(host: string, other: string): boolean {
  if (host === '::') return true; // on Linux also IPv4
  if (host === '0.0.0.0') return !isIPv6(other);
  return host === 'localhost' && ['127.0.0.1', '::1'].includes(other);
}

/** The canonical spelling of an address or a name. */
function canonical(host: string): string {
  const url = `http://${isIPv6(host) ? `[${host}]` : host}`;
  return URL.canParse(url) ? new URL(url).hostname.replaceAll(/[[\]]/g, '') : host;
}
