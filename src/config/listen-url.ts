import type { Listen } from './types.ts';

/** The URL at which this machine reaches a listening address. */
export function listenUrl({ host, port }: Listen): string {
  return `http://${addressOf(host)}:${port}/`;
}

/** You cannot connect to the wildcard address. */
function addressOf(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
