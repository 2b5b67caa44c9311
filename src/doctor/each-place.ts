import { isAbort, withDeadline } from '../runtime/abort.ts';
import { eachAtOnce } from '../runtime/each-at-once.ts';
import type { Location } from '../locations/location.ts';
import type { Place, Site } from './site.ts';

/** How many places are asked at the same time. */
const AT_ONCE = 8;
/** How long a place may take for one question, in milliseconds. */
const ANSWER_MS = 20_000;

/** The answer of a place: a value, or an error. `error` is undefined if it did not answer in time. */
export type Answer<T> =
  { readonly place: Place; readonly value: T } | { readonly place: Place; readonly error: unknown };

/** Asks every place the same question. One that does not answer delays no other one for long. */
export async function eachPlace<T>(
  { places }: Pick<Site, 'places'>,
  signal: AbortSignal,
  ask: (place: Place, location: Location, signal: AbortSignal) => Promise<T>,
): Promise<Answer<T>[]> {
  return eachAtOnce(places, AT_ONCE, async (place): Promise<Answer<T>> => {
    const deadline = withDeadline(signal, ANSWER_MS);
    const location = place.open();
    try {
      return { place, value: await ask(place, location, deadline) };
    } catch (error) {
      return { place, error: isAbort(error) ? undefined : error };
    } finally {
      await location.close();
    }
  });
}

/** Who a finding is about. */
export function subjectOf({ client, place }: Place): {
  readonly client: string;
  readonly place: string;
} {
  return { client, place };
}
