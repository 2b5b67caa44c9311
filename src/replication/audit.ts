import { EMPTY_CATALOGUE, minus, namesMinus, type Catalogue } from '../repository/catalogue.ts';
import { HASHED_KINDS, objectPath } from '../repository/names.ts';
import {
  countBytes,
  countObjects,
  NO_OBJECTS,
  objectNamesMinus,
  objectsCommon,
  objectsMinus,
  objectsPlus,
  setOf,
  withoutNames,
  type Objects,
} from '../repository/objects.ts';
import type { SnapshotTimes } from '../repository/snapshot-times.ts';
import type { Foreign } from '../repository/strays.ts';
import type { AuditFindingName } from './audit-findings.ts';

/** Snapshots with a time in it are wanted; milliseconds since the epoch. Without a beginning, all until its end. */
export interface AuditWindow {
  readonly from?: number | undefined;
  readonly to: number;
}

/** The files that a full listing found beside the objects. */
export interface FoundBeside {
  readonly leftovers: number;
  readonly foreign: Foreign;
  readonly refused: readonly string[];
}

/** A finding, without what is done about it. */
export interface Found {
  readonly finding: AuditFindingName;
  readonly count: number;
  readonly bytes?: number;
  /** the first ones */
  readonly names: readonly string[];
}

export interface Surplus {
  readonly snapshots: number;
  readonly objects: number;
  readonly bytes: number;
}

/** How many names of a finding are kept. */
const MOST_NAMES = 20;

export interface BackendAudit {
  /** the objects of the source's view */
  readonly source: Objects;
  /** every key file at the source */
  readonly sourceKeys: Catalogue;
  /** what a full listing found */
  readonly listed: Objects;
  readonly beside: FoundBeside;
  /** what was there before and is not as it was, by name and by the number of those without one */
  readonly lost: Objects;
  readonly lostUnnamed: number;
  /** there is no `config`, and there was one */
  readonly hasLostConfig: boolean;
  /** the snapshots that are complete there; undefined while that is unknown */
  readonly complete: Catalogue | undefined;
  readonly unproven: Catalogue | undefined;
  /** what a person moved aside */
  readonly retired: Objects;
  /** what does not match its name at the source: its size there says nothing about this place */
  readonly corrupt?: Objects;
  readonly times: SnapshotTimes;
  readonly window: AuditWindow;
}

/** Compares a full listing of a backend with the source's view. Each object is in at most one of the findings about it. Pure. */
export function auditBackend(audit: BackendAudit): { findings: Found[]; surplus: Surplus } {
  const { source, listed, beside, lost, retired, corrupt = NO_OBJECTS } = audit;
  const wanted = wantedSnapshots(source.snapshots, audit.times, audit.window);
  const expected = withoutNames(objectsPlus(source, lost), retired);
  const other = objectsMinus(objectsCommon(expected, listed), listed);
  const wrong = objectNamesMinus(other, objectNamesMinus(corrupt, lost));
  const absent = objectNamesMinus(expected, listed);
  const missing = objectsCommon(absent, lost);
  const surplus = surplusOf(audit);
  return {
    findings: [
      ofSnapshots('snapshots_missing', minus(wanted, audit.complete ?? EMPTY_CATALOGUE)),
      missingOf(missing, audit),
      ofObjects('wrong_size', wrong),
      ...besideFindings(beside),
      ofObjects('stale_keys', {
        ...NO_OBJECTS,
        keys: namesMinus(listed.keys, audit.sourceKeys),
      }),
      ofSnapshots('unproven', audit.unproven ?? EMPTY_CATALOGUE),
      ofObjects('unsent', objectNamesMinus(absent, lost)),
      ofObjects('surplus', surplus),
      ofObjects('retired', retired),
    ].filter(({ count }) => count > 0),
    surplus: {
      snapshots: surplus.snapshots.count,
      objects: countObjects(surplus),
      bytes: countBytes(surplus),
    },
  };
}

export interface SourceAuditQuestion {
  /** the objects of the view that the loop has */
  readonly source: Objects;
  /** what a full listing found; undefined if the view itself was just listed */
  readonly listed: Objects;
  readonly beside: FoundBeside;
  /** packs that vanished without an explanation */
  readonly vanished: { readonly count: number; readonly objects?: Objects | undefined } | undefined;
  /** paths (kind/id) of objects that did not hash right when they were to be sent */
  readonly corrupt: readonly string[];
}

/** Compares a full listing of the source with its view. Pure. */
export function auditSource(audit: SourceAuditQuestion): Found[] {
  const { source, listed, beside, vanished, corrupt } = audit;
  const wrong = objectsMinus(objectsCommon(source, listed), listed);
  return [
    {
      finding: 'missing' as const,
      count: vanished?.count ?? 0,
      names: vanished?.objects === undefined ? [] : firstPaths(vanished.objects),
    },
    ofObjects('wrong_size', wrong),
    { finding: 'corrupt' as const, count: corrupt.length, names: first(corrupt) },
    ...besideFindings(beside),
  ].filter(({ count }) => count > 0);
}

/** The snapshots in a window. One whose time is unknown is wanted. */
export function wantedSnapshots(
  snapshots: Catalogue,
  times: SnapshotTimes,
  { from = -Infinity, to }: AuditWindow,
): Catalogue {
  const at = times.of(snapshots);
  const isOut = (i: number) => (at[i] ?? NaN) < from || (at[i] ?? NaN) > to;
  return snapshots.filter((i) => !isOut(i));
}

function missingOf(
  missing: Objects,
  { lostUnnamed, hasLostConfig }: Pick<BackendAudit, 'lostUnnamed' | 'hasLostConfig'>,
): Found {
  const { names, count, ...found } = ofObjects('missing', missing);
  const config = hasLostConfig ? ['config'] : [];
  return {
    ...found,
    count: count + lostUnnamed + config.length,
    names: first([...config, ...names]),
  };
}

function besideFindings({ leftovers, foreign, refused }: FoundBeside): Found[] {
  return [
    { finding: 'not_regular', count: refused.length, names: first(refused) },
    { finding: 'foreign', count: foreign.count, names: first(foreign.names) },
    { finding: 'leftovers', count: leftovers, names: [] },
  ];
}

/** The surplus, without keys: a key that the source no longer has still opens the replica, which is a finding of its own. */
function surplusOf({ source, listed }: BackendAudit): Objects {
  return { ...objectNamesMinus(listed, source), keys: EMPTY_CATALOGUE };
}

function ofSnapshots(finding: AuditFindingName, snapshots: Catalogue): Found {
  return { finding, count: snapshots.count, names: firstIds(snapshots) };
}

function ofObjects(finding: AuditFindingName, objects: Objects): Found {
  const names = firstPaths(objects);
  return { finding, count: countObjects(objects), bytes: countBytes(objects), names };
}

function firstPaths(objects: Objects): string[] {
  const names: string[] = [];
  for (const kind of HASHED_KINDS)
    for (const { id } of setOf(objects, kind).entries()) {
      if (names.length === MOST_NAMES) return names;
      names.push(objectPath(kind, id));
    }
  return names;
}

function firstIds(snapshots: Catalogue): string[] {
  return Array.from({ length: Math.min(MOST_NAMES, snapshots.count) }, (_, i) => snapshots.idAt(i));
}

function first(names: readonly string[]): string[] {
  return names.slice(0, MOST_NAMES);
}
