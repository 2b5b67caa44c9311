import { plural } from '../runtime/plural.ts';

/** The log message when something that had failed works again. */
export function recovered(failures: number): string {
  return failures === 0 ? 'recovered' : `recovered after ${plural(failures, 'failure')}`;
}
