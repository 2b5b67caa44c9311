import type { BackendFacts, ClientFacts } from '../report/facts.ts';
import {
  namesMinus,
  common,
  EMPTY_CATALOGUE,
  plus,
  type Catalogue,
} from '../repository/catalogue.ts';
import { noteArrivals } from '../repository/arrivals.ts';
import { latestOf, type SnapshotTimes } from '../repository/snapshot-times.ts';
import {
  completeSnapshots,
  missingSnapshots,
  oweableSince,
  unprovenSnapshots,
} from '../replication/completeness.ts';

/** What a look at a backend, or a sync, found out about it. */
export interface Finding {
  readonly visible: Catalogue;
  readonly hasBaseline: boolean;
  readonly isDamaged: boolean;
  readonly since: number;
  /** snapshots that this process sent there after all that they need */
  readonly placed?: Catalogue;
  /** the indexes there */
  readonly index?: Catalogue;
  /** all snapshots there, those included of which nobody knows what they need */
  readonly there?: Catalogue | undefined;
}

/** What is complete and what is owed at a backend, now that it was looked at. Pure. */
export function evaluateBackend(
  { facts, known, now }: { facts: ClientFacts; known: BackendFacts; now: number },
  finding: Finding,
): Partial<BackendFacts> {
  const source = facts.source.snapshots;
  const { visible, placed = EMPTY_CATALOGUE } = finding;
  const sent = common(placed, visible);
  const before = plus(known.proven ?? EMPTY_CATALOGUE, sent);
  const complete = completeSnapshots({ ...finding, source, proven: before });
  const basis = {
    complete,
    latest: latestComplete(complete, facts.times, known),
    unproven:
      source &&
      unprovenSnapshots({
        visible: finding.there ?? visible,
        source,
        proven: common(plus(before, complete), visible),
      }),
    ...remember(known, finding, plus(sent, complete)),
  };
  if (source === undefined) return basis;
  return {
    ...basis,
    ...owing({ facts, known, now }, { source, complete, since: finding.since }),
  };
}

/**
 * What is proven stays so, until it is known of another place. The order of arrivals holds only as long as the baseline: a snapshot that
 * becomes complete by a new one may need indexes that came after it was complete by the old one.
 */
function remember(
  { proven = EMPTY_CATALOGUE, arrivals }: BackendFacts,
  { index, hasBaseline }: Finding,
  now: Catalogue,
): Pick<BackendFacts, 'proven' | 'arrivals'> {
  const fresh = namesMinus(now, proven);
  const known = { proven: fresh.count === 0 ? proven : plus(proven, fresh) };
  if (!hasBaseline) return { ...known, arrivals: undefined };
  if (index === undefined) return known;
  return { ...known, arrivals: noteArrivals(arrivals, { index, proven: fresh }) };
}

/** What is owed at a backend, and at disks of it that are away, now that the source was looked at. Pure. */
export function reevaluateAll(question: Reevaluation): Partial<BackendFacts> {
  const { known } = question;
  const disks = [...(known.disks ?? [])].map(([id, disk]) => {
    const onDisk = { ...question, known: { ...known, ...disk } };
    return [id, { ...disk, ...reevaluateBackend(onDisk) }] as const;
  });
  return { ...reevaluateBackend(question), ...(disks.length > 0 && { disks: new Map(disks) }) };
}

interface Reevaluation {
  readonly facts: ClientFacts;
  readonly known: BackendFacts;
  readonly now: number;
}

/** What is owed at a backend, now that the source was looked at; nothing where it was never seen. Pure. */
function reevaluateBackend(
  question: Reevaluation,
): Pick<BackendFacts, 'latest' | 'missing' | 'evaluatedFor'> {
  const { known, now } = question;
  const { complete } = known;
  const source = question.facts.source.snapshots;
  if (complete === undefined || known.since === undefined || source === undefined) return {};
  const latest = latestComplete(complete, question.facts.times, known);
  return { latest, ...owing(question, { source, complete, since: oweableSince(known, now) }) };
}

function owing(
  { facts, known, now }: { facts: ClientFacts; known: BackendFacts; now: number },
  { source, complete, since }: { source: Catalogue; complete: Catalogue; since: number },
): Partial<BackendFacts> {
  const { missing, evaluatedFor } = known;
  const before = missing && evaluatedFor && { missing, source: evaluatedFor };
  const owed = missingSnapshots({ source, complete, since, now, before, times: facts.times });
  return { missing: owed, evaluatedFor: source };
}

/** Not searched again when the set is the same as before, unless its time was held against the clock. */
function latestComplete(complete: Catalogue, times: SnapshotTimes, known: BackendFacts) {
  const { latest } = known;
  if (known.complete !== complete || latest === undefined) return latestOf(complete, times);
  return times.get(latest.id)?.time === latest.at ? latest : latestOf(complete, times);
}

/** Whether a snapshot is complete at any backend, or on a disk that is away. */
export function isAnywhere(facts: ClientFacts, id: string): boolean {
  return [...facts.backends.values()].some(({ complete, disks }) =>
    [complete, ...[...(disks?.values() ?? [])].map((disk) => disk.complete)].some((there) =>
      there?.has(id),
    ),
  );
}
