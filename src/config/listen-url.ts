import type { Listen } from './types.ts';

/** Where this machine reaches what listens there. */
export function listenUrl({ host, port }: Listen): string {
  return `http://${addressOf(host)}:${port}/`;
}

/** All addresses of a machine are no address to connect to. */
function addressOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
