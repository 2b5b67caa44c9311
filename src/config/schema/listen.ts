import type { Listen } from '../types.ts';
import { text } from '../../schema/values.ts';

/** `HOST:PORT`; an IPv6 address in brackets. */
export function listen(meta: { description: string; default?: string }) {
  return text<Listen>({
    ...meta,
    examples: ['127.0.0.1:10987', '[::1]:10987'],
    pattern: /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:[\]/]+):\d+$/,
    wanted: 'an address; write HOST:PORT, e.g. 127.0.0.1:10987',
    parse: (given) => {
      const cut = given.lastIndexOf(':');
      const port = Number(given.slice(cut + 1));
      if (port > 65535) return { wrong: 'has a port above 65535; write one from 1 to 65535' };
      return { value: { host: given.slice(0, cut).replaceAll(/[[\]]/g, ''), port } };
    },
  });
}
