import type { Log } from '../log/log.ts';
import { MOST_REFUSED, type SourceContents } from '../facts/source-contents.ts';
import { namesOf } from '../repository/catalogue.ts';
import { countBytes, countObjects } from '../repository/objects.ts';
import type { TakenView } from '../replication/take-view.ts';

/** Malformed keys that are remembered by name. */
const MOST_REMEMBERED = 100;

/** The facts about the source in a view, except its snapshots. Logs each malformed key once. */
export function viewFacts(
  { view, keyFiles, refused, ignored }: TakenView,
  { before, log }: { readonly before: SourceContents; readonly log: Log },
): Partial<SourceContents> {
  const known = new Set(before.malformedKeys);
  const malformed = keyFiles.malformed.slice(0, MOST_REMEMBERED);
  for (const key of malformed) if (!known.has(key)) log.warn({}, `${key}: it is not sent`);
  return {
    configSha256: view.configSha256,
    refused: refused.slice(0, MOST_REFUSED),
    ignored,
    acceptedKeys: namesOf(keyFiles.keys),
    listedKeys: view.listedKeys,
    malformedKeys: malformed,
    waitingKeys: keyFiles.waiting,
    objects: countObjects(view.objects) + 1,
    bytes: countBytes(view.objects) + view.configBytes,
  };
}
