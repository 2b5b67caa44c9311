import { formatLocal } from '../runtime/local-time.ts';
import type { Intervention } from './types.ts';

/** `paused nas until Fri 2026-12-04 18:00 +01:00`, `acknowledged: 3 of 40 packs have vanished`. */
export function interventionInWords({ what, backend, endsAt, message }: Intervention): string {
  const of = backend ?? 'the client';
  const until = endsAt === undefined ? '' : ` until ${formatLocal(endsAt)}`;
  switch (what) {
    case 'paused':
      return `paused ${of}${until}`;
    case 'resumed':
      return `resumed ${of}`;
    case 'announced':
      return `announced removals${until}`;
    case 'acknowledged':
      return `acknowledged: ${message ?? ''}`;
  }
}
