import { formatLocal } from '../runtime/local-time.ts';
import type { Pause, Pauses } from './pauses.ts';

/** `paused until Fri 2026-12-04 18:00 +01:00 by anna (1000): a new disk` */
export function describePause({ endsAt, by, reason }: Pause): string {
  return `paused until ${formatLocal(endsAt)} by ${by}: ${reason}`;
}

/** The command that ends a pause, which is that of a place or of its client. */
export function resumeCommand(
  pauses: Pauses,
  pause: Pause,
  { client, backend }: { readonly client: string; readonly backend: string },
): string {
  const of = pause === pauses.clientPause ? client : `${client} ${backend}`;
  return `backup-syncd resume ${of}`;
}
