import { byBackend } from './queries.ts';

/** Rotated disks that are away, as they may be. */
export function offline(): string {
  return `(${byBackend('backend_offline')} == 1)`;
}

/** Backends that nobody expects to be up to date now. */
export function excused(): string {
  return `(${byBackend('backend_offline')} == 1 or ${byBackend('backend_state', 'state="paused"')} == 1)`;
}
