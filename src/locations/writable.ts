import type { Role } from './location.ts';

/** Throws unless the place is a backend: backup-syncd never writes anywhere else (I12). */
export function requireWritable({
  role,
  label,
}: {
  readonly role: Role;
  readonly label: string;
}): void {
  if (role !== 'backend') throw new Error(`${label} is read-only for backup-syncd`);
}
