import { EMPTY_CATALOGUE, Catalogue } from '../repository/catalogue.ts';
import { split } from '../repository/data-catalogue.ts';
import {
  countObjects,
  NO_OBJECTS,
  objectNamesMinus,
  objectsCommon,
  objectsPlus,
  withoutNames,
  type Objects,
} from '../repository/objects.ts';

export interface RepairQuestion {
  /** what was at the backend and is gone, or has another size */
  readonly lost: Objects;
  /** what is there */
  readonly listed: Objects;
  /** the objects of the source's view; undefined while it has none */
  readonly source: Objects | undefined;
  /** objects of the source (kind/id) that did not hash right when they were to be sent there */
  readonly corrupt: readonly string[];
  /** what a person moved aside there, which is never brought back */
  readonly retired: Objects;
}

/**
 * Returns what a backend lacks and the source cannot give: objects that the source does not have, or has with wrong content.
 * Snapshots are not among them: no place needs one that the source does not have. Pure.
 */
export function unobtainable(question: RepairQuestion): Objects {
  const { lost, listed, source = NO_OBJECTS, retired } = question;
  if (lost === NO_OBJECTS && question.corrupt.length === 0) return NO_OBJECTS;
  const corrupt = objectsNamed(question.corrupt);
  const gone = objectNamesMinus(lost, objectNamesMinus(source, corrupt));
  const wanted = objectsPlus(objectNamesMinus(corrupt, listed), gone);
  return withoutNames({ ...wanted, snapshots: EMPTY_CATALOGUE }, retired);
}

/** The known content of another replica. */
export interface Offer {
  readonly objects: Objects;
  readonly lost: Objects;
}

/** The wanted objects that another replica seems to have intact; their hashes decide whether it does. Pure. */
export function offered(wanted: Objects, { objects, lost }: Offer): Objects {
  if (countObjects(wanted) === 0) return NO_OBJECTS;
  return objectsCommon(wanted, objectNamesMinus(objects, lost));
}

/** Objects by their names (kind/id), without snapshots. Pure. */
export function objectsNamed(paths: readonly string[]): Objects {
  const of = (kind: string) =>
    Catalogue.from(
      paths
        .filter((path) => path.startsWith(`${kind}/`))
        .map((path) => [path.slice(path.lastIndexOf('/') + 1), undefined]),
    );
  return { ...NO_OBJECTS, keys: of('keys'), data: split(of('data')), index: of('index') };
}
