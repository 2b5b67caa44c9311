import { byBackend } from './queries.ts';

/** Rotated disks that are away for no longer than they may be, as client_backend:backup_syncd_backend_offline:group has it. */
export function offline(): string {
  const away = `time() - ${byBackend('backend_last_contact_timestamp_seconds')}`;
  const isAllowed = `${away} < ${byBackend('expected_contact_interval_seconds')}`;
  const reasons = 'reason=~"unreachable|timeout|not_initialised"';
  const isAway = `${byBackend('backend_up')} == 0 and ${byBackend('backend_trouble', reasons)} == 1`;
  return `(${isAllowed} and ${isAway})`;
}
