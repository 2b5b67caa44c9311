import type { Contents } from './contents.ts';
import { disksOf, withContents } from './disks.ts';
import type { BackendFacts, ClientFacts } from './facts.ts';
import {
  namesMinus,
  common,
  EMPTY_CATALOGUE,
  plus,
  type Catalogue,
} from '../repository/catalogue.ts';
import { recordArrivals } from '../repository/arrivals.ts';
import { latestOf, type SnapshotTimes } from '../repository/snapshot-times.ts';
import {
  completeSnapshots,
  missingSnapshots,
  oweableSince,
  unprovenSnapshots,
} from '../replication/completeness.ts';

/** The findings of an inspection or a sync about a backend. */
export interface Finding {
  readonly visible: Catalogue;
  readonly hasBaseline: boolean;
  readonly isDamaged: boolean;
  readonly since: number;
  /** snapshots that this process sent there after everything that they need */
  readonly placed?: Catalogue;
  /** the indexes there */
  readonly index?: Catalogue;
  /** all snapshots there, including those whose needs are unknown */
  readonly visibleNow: Catalogue;
}

/** The facts about a place, and the current time. */
interface Question {
  readonly facts: ClientFacts;
  readonly known: Contents;
  readonly now: number;
}

/** Computes what is complete and what is owed at a backend after an inspection. Pure. */
export function evaluateBackend(question: Question, finding: Finding): Partial<Contents> {
  const { facts, known } = question;
  const source = facts.source.contents.snapshots;
  const { visible, placed = EMPTY_CATALOGUE } = finding;
  const sent = common(placed, visible);
  const before = plus(known.proven ?? EMPTY_CATALOGUE, sent);
  const complete = completeSnapshots({ ...finding, source, proven: before });
  const basis = {
    complete,
    latest: latestComplete(complete, facts.history.times, known),
    unproven:
      source &&
      unprovenSnapshots({
        visible: finding.visibleNow,
        source,
        proven: common(plus(before, complete), visible),
      }),
    ...remember(known, finding, plus(sent, complete)),
  };
  if (source === undefined) return basis;
  return { ...basis, ...owing(question, { source, complete, since: finding.since }) };
}

/**
 * Adds what is proven, which stays proven until the place changes. The order of arrivals is valid only as long as the baseline: a
 * snapshot that becomes complete by a new baseline may need indexes that arrived after it was complete by the old one.
 */
function remember(
  { proven = EMPTY_CATALOGUE, arrivals }: Contents,
  { index, hasBaseline }: Finding,
  now: Catalogue,
): Pick<Contents, 'proven' | 'arrivals'> {
  const fresh = namesMinus(now, proven);
  const known = { proven: fresh.count === 0 ? proven : plus(proven, fresh) };
  if (!hasBaseline) return { ...known, arrivals: undefined };
  if (index === undefined) return known;
  return { ...known, arrivals: recordArrivals(arrivals, { index, proven: fresh }) };
}

/** Computes what is owed at a backend, and at its disks that are away, after a check of the source. Pure. */
export function reevaluate(facts: ClientFacts, known: BackendFacts, now: number): BackendFacts {
  const { configuredAt } = known;
  const source = facts.source.contents.snapshots;
  return withContents(known, ({ place: { since }, contents }) => {
    const { complete } = contents;
    if (complete === undefined || since === undefined || source === undefined) return contents;
    const owed = { source, complete, since: oweableSince({ since, configuredAt }, now) };
    const latest = latestComplete(complete, facts.history.times, contents);
    return { ...contents, latest, ...owing({ facts, known: contents, now }, owed) };
  });
}

function owing(
  { facts, known, now }: Question,
  { source, complete, since }: { source: Catalogue; complete: Catalogue; since: number },
): Pick<Contents, 'missing' | 'evaluatedFor'> {
  const { missing, evaluatedFor } = known;
  const before = missing && evaluatedFor && { missing, source: evaluatedFor };
  const owed = missingSnapshots({
    source,
    complete,
    since,
    now,
    before,
    times: facts.history.times,
  });
  return { missing: owed, evaluatedFor: source };
}

/**
 * The newest complete snapshot. It is not searched again if the set is the same as before, unless its time was compared with the
 * clock.
 */
function latestComplete(complete: Catalogue, times: SnapshotTimes, known: Contents) {
  const { latest } = known;
  if (known.complete !== complete || latest === undefined) return latestOf(complete, times);
  return times.get(latest.id)?.time === latest.at ? latest : latestOf(complete, times);
}

/** Whether a snapshot is complete at any backend, or on a disk that is away. */
export function isAnywhere(facts: ClientFacts, id: string): boolean {
  return [...facts.backends.values()].some((backend) =>
    disksOf(backend).some(({ contents }) => contents.complete?.has(id)),
  );
}
