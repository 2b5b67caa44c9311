import { byBackend } from './queries.ts';

/** Rotated disks that are away, as they may be. */
export function offline(): string {
  return `(${byBackend('backend_offline')} == 1)`;
}
