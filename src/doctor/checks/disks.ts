import type { Check } from '../check.ts';
import { eachPlace } from '../each-place.ts';
import type { Judgement } from '../finding.ts';
import { physicalDisksOf } from '../physical-disks.ts';

/** The disks that store a place. */
export interface Stored {
  readonly client: string;
  readonly place: string;
  /** two places with a name in common are on one file system or pool */
  readonly pools: readonly string[];
  /** the drives below it, by their kernel names, as far as they are known */
  readonly drives: readonly string[];
}

/** Places of one client on one disk: a single failure takes all of them. */
export const disks: Check = {
  name: 'disks',
  run: async (site, signal) => {
    const answers = await eachPlace(site, signal, async ({ traits }, location, deadline) => {
      const disk = await location.disk({ signal: deadline });
      const drives = traits.isDirectory ? await physicalDisksOf(traits.label) : [];
      return { pools: disk?.place ?? [], drives };
    });
    const stored = answers.flatMap((answer): Stored[] => {
      const { client, place } = answer.place;
      return 'value' in answer ? [{ client, place, ...answer.value }] : [];
    });
    const clients = [...new Set(stored.map(({ client }) => client))];
    return clients.flatMap((client) => judgeDisks(stored.filter((one) => one.client === client)));
  },
};

/** Pure. @param all the places of one client; nothing is said about those whose disks are unknown */
export function judgeDisks(all: readonly Stored[]): readonly Judgement[] {
  const places = all.filter(({ pools, drives }) => pools.length + drives.length > 0);
  const [first] = places;
  if (first === undefined || places.length < 2) return [];
  const groups = groupByDisk(places).filter((group) => group.length > 1);
  const subject = { client: first.client };
  if (groups.length === 0)
    return [{ ...subject, severity: 'ok', message: 'no two places are on one disk' }];
  return groups.map((group) => ({
    ...subject,
    severity: 'warning',
    message: `${listed(group.map(({ place }) => place))} are on one ${sharedBy(group)}, so one failure takes ${group.length === 2 ? 'both' : 'all of them'}: they are not separate locations`,
    // names no client, so that clients with the same problem share one finding
    hint: 'move replicas to other disks, then run: backup-syncd backend move CLIENT BACKEND PATH',
  }));
}

/** Places that have a pool or a drive in common, directly or through others. */
function groupByDisk(places: readonly Stored[]): Stored[][] {
  let groups: Stored[][] = [];
  for (const place of places) {
    const isJoined = (group: Stored[]) => group.some((other) => share(place, other) !== undefined);
    const joined = groups.filter(isJoined).flat();
    groups = [...groups.filter((group) => !isJoined(group)), [...joined, place]];
  }
  return groups;
}

function share(one: Stored, other: Stored): string | undefined {
  if (one.pools.some((name) => other.pools.includes(name))) return 'file system or pool';
  const drive = one.drives.find((name) => other.drives.includes(name));
  return drive === undefined ? undefined : `drive (${drive})`;
}

function sharedBy([first, second]: readonly Stored[]): string {
  const found = first !== undefined && second !== undefined ? share(first, second) : undefined;
  return found ?? 'disk';
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
