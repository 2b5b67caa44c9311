import {
  attemptsOf,
  changedAttempts,
  changedOthers,
  otherAttempts,
  type AttemptFacts,
  type SourceAttempts,
} from '../facts/attempts.ts';
import { expectedBackAt } from '../facts/expected-back.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Clock } from '../runtime/clock.ts';
import type { BackendSettings } from './settings.ts';

/** The place where an activity runs: a backend, or the source. */
export type AttemptsPlace =
  | { readonly config: Pick<BackendSettings, 'name' | 'offlineMs'> }
  | {
      readonly config?: undefined;
      /** the source has a valid view */
      readonly isThere: () => boolean;
    };

/** The facts about the attempts of one activity, and the facts about its place that matter for them. */
export interface AttemptsRecord {
  readonly known: AttemptFacts;
  readonly isThere: boolean;
  /** until when the place is allowed to be away; undefined if it should be there */
  expectedBackAt(now: number): number | undefined;
  write(patch: Partial<AttemptFacts>): void;
}

export function attemptsRecord(
  activity: string,
  place: AttemptsPlace & { readonly store: FactStore },
): AttemptsRecord {
  const { store } = place;
  if (place.config === undefined) {
    const { isThere } = place;
    return {
      get known() {
        return otherAttempts(store.source.attempts, activity);
      },
      get isThere() {
        return isThere();
      },
      expectedBackAt: () => undefined,
      write: (patch) =>
        store.updateSource('attempts', changedOthers(store.source.attempts, activity, patch)),
    };
  }
  const { name, offlineMs } = place.config;
  return {
    get known() {
      return attemptsOf(store.backend(name).attempts, activity);
    },
    get isThere() {
      return store.backend(name).place.up === true;
    },
    expectedBackAt: (now) => expectedBackAt(store.backend(name), offlineMs, now),
    write(patch) {
      const { attempts } = store.backend(name);
      store.updateBackend(name, 'attempts', changedAttempts(attempts, activity, patch));
    },
  };
}

interface Scheduled {
  readonly store: FactStore;
  readonly clock: Clock;
  readonly activities: readonly { readonly name: string }[];
}

/**
 * Records since when each activity is configured at a backend, and forgets those that no longer run there: otherwise their last
 * failure would be shown forever.
 */
export function rememberActivities(backend: string, { store, ...now }: Scheduled): void {
  const others = othersNow(store.backend(backend).attempts, now);
  if (others !== undefined) store.updateBackend(backend, 'attempts', { others });
}

/** Records the activities that are configured at the source. */
export function rememberSourceActivities({ store, ...now }: Scheduled): void {
  const others = othersNow(store.source.attempts, now);
  if (others !== undefined) store.updateSource('attempts', { others });
}

/** The attempts of the other activities; undefined if there are none, and there were none. */
function othersNow(
  attempts: SourceAttempts,
  { activities, clock }: Omit<Scheduled, 'store'>,
): SourceAttempts['others'] {
  const others = activities.filter(({ name }) => name !== 'sync');
  if (others.length === 0 && attempts.others === undefined) return undefined;
  const kept = others.map(({ name }) => {
    const known = otherAttempts(attempts, name);
    return [name, { ...known, configuredAt: known.configuredAt ?? clock.now() }] as const;
  });
  return Object.fromEntries(kept);
}
