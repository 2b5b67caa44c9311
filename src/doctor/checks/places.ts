import { requireMarker } from '../../backends/marker.ts';
import type { Location } from '../../locations/location.ts';
import { diagnoseSource } from '../../replication/source-problem.ts';
import { asSyncdError } from '../../runtime/errors.ts';
import type { Check } from '../check.ts';
import { eachPlace, subjectOf, type Answer } from '../each-place.ts';
import type { Judgement } from '../finding.ts';
import type { Place } from '../site.ts';

/** Whether each place answers, and is what it should be: a repository, or a backend of its client. */
export const places: Check = {
  name: 'places',
  run: async (site, signal) => (await eachPlace(site, signal, inspect)).map(judgePlace),
};

/** Returns what the place is. Rejects with the reason why it cannot be used. */
async function inspect(place: Place, location: Location, signal: AbortSignal): Promise<string> {
  const { role, owner, traits } = place;
  if (role === 'backend' && owner !== undefined) {
    const { wasComplete } = place;
    const { isRemote } = traits;
    const { since } = await requireMarker(location, owner, { isRemote, wasComplete, signal });
    return `has been a backend since ${since.slice(0, 10)}`;
  }
  const found = await location.inspect({ signal });
  if (role === 'verified') return found.root === 'missing' ? 'does not exist yet' : 'answers';
  const hasConfig = (await location.read('config', { signal })) !== undefined;
  if (!hasConfig) throw diagnoseSource(found, location.label);
  return 'is a restic repository';
}

/** Judges the answer of a place. A rotated disk may be away, so that is a warning. Pure. */
export function judgePlace(answer: Answer<string>): Judgement {
  const { place } = answer;
  const { label } = place.traits;
  if ('value' in answer)
    return { ...subjectOf(place), severity: 'ok', message: `${label} ${answer.value}` };
  const severity = place.mayBeAway === true ? 'warning' : 'error';
  if (answer.error === undefined) {
    const message = `${label} did not answer in time`;
    const hint = `check what is between this machine and ${label}`;
    return { ...subjectOf(place), severity, message, hint };
  }
  const { message, hint } = asSyncdError(answer.error);
  return { ...subjectOf(place), severity, message, ...(hint !== undefined && { hint }) };
}
