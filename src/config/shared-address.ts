import type { ClientConfig, Config, Listen } from './types.ts';

/** Another client whose daemon, if each has its own, would listen where this one does. Pure. */
export function sharesAddress(
  { clients, listen }: Pick<Config, 'clients' | 'listen'>,
  client: ClientConfig,
): ClientConfig | undefined {
  const own = client.listen ?? listen;
  return clients.find((each) => each.name !== client.name && isSame(each.listen ?? listen, own));
}

/** Port 0 is any free port. */
function isSame(a: Listen, b: Listen): boolean {
  return a.port !== 0 && a.host === b.host && a.port === b.port;
}
