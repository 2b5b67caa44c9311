import { SyncdError } from '../runtime/errors.ts';
import { plural } from '../runtime/plural.ts';

/** Another replica could not give what it seemed to have: objects are gone there, or their content does not match their names. */
export function notIntact(label: string, [first = '', ...others]: readonly string[]): SyncdError {
  const more = others.length > 0 ? `, like ${plural(others.length, 'more object')}` : '';
  return new SyncdError(
    'verify',
    `${label} cannot give ${first} back, which is damaged or gone there${more}`,
    `run "restic --no-lock check --read-data" on ${label}`,
  );
}
