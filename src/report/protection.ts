import { oweableSince } from '../replication/completeness.ts';
import { protectionOf } from '../replication/protection.ts';
import {
  awayDisks,
  isSourceUnreachable,
  sourceUncountedSince,
  uncountedBackends,
  type CountingSettings,
} from './counting.ts';
import type { ClientFacts } from '../facts/facts.ts';
import { Derived } from '../runtime/derived.ts';

/** How many places that count have the snapshots; undefined while no snapshot is known. */
export interface ProtectionFacts {
  readonly copies: number | undefined;
  /** more places of the newest snapshot, which cannot be reached now and do not count */
  readonly unreachableCopies: number;
  readonly protectedSnapshotAt: number | undefined;
  readonly unprotected: number;
  readonly unprotectedSince: number | undefined;
}

export interface ProtectionSettings extends CountingSettings {
  /** the number of places that a snapshot should be in, including the source */
  readonly copies: number;
}

/** Computes which snapshots are in enough places at an instant. Pure. */
export function protectionAt(
  facts: ClientFacts,
  settings: ProtectionSettings,
  now: number,
): ProtectionFacts | undefined {
  return new Protections().at(facts, settings, now);
}

/** Caches the protection, so that a scrape costs almost nothing while it does not change. */
export class Protections {
  private readonly answer = new Derived<ProtectionFacts | undefined>();

  at(facts: ClientFacts, settings: ProtectionSettings, now: number): ProtectionFacts | undefined {
    const { source } = facts;
    const { times } = facts.history;
    const { snapshots } = source.contents;
    const uncounted = uncountedBackends(facts, settings, now);
    const backends = [...facts.backends].map(([name, known]) => ({
      missing: known.contents.missing,
      since: oweableSince({ since: known.place.since, configuredAt: known.configuredAt }, now),
      uncountedSince: uncounted.get(name),
    }));
    const away = awayDisks(facts, settings).map(({ disk, until }) => ({
      missing: disk.contents.missing,
      since: disk.place.since ?? 0,
      uncountedSince: now < until ? undefined : until,
    }));
    const ownSince = sourceUncountedSince(source.health);
    const isUnreachable = isSourceUnreachable(source.health);
    const basis = [
      ...[snapshots, times, ownSince, isUnreachable, settings.copies],
      ...[...backends, ...away].flatMap(({ missing, since, uncountedSince }) => [
        missing,
        since,
        uncountedSince,
      ]),
    ];
    return this.answer.of(basis, () => {
      if (snapshots === undefined) return undefined;
      const answer = protectionOf({
        source: snapshots,
        times,
        backends,
        expectedCopies: settings.copies,
        away,
        sourceUncountedSince: ownSince,
      });
      const isNewestAway = isUnreachable && answer.copies !== undefined;
      const unreachableCopies = answer.unreachableCopies + (isNewestAway ? 1 : 0);
      return { ...answer, unreachableCopies };
    });
  }
}
