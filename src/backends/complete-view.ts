import { lackingObjects } from '../replication/lacking.ts';
import { countObjects, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { SyncdError } from '../runtime/errors.ts';
import { agree, plural } from '../runtime/plural.ts';

/**
 * Refuses a baseline while a full listing of a backend lacks objects of the view.
 *
 * @param label of the backend
 * @throws SyncdError `verify`
 */
export function requireCompleteView({ objects }: View, listed: Objects, label: string): void {
  const missing = countObjects(lackingObjects(objects, listed));
  if (missing === 0) return;
  throw new SyncdError(
    'verify',
    `${plural(missing, 'object')} that ${agree(missing, 'was', 'were')} sent ${agree(missing, 'is', 'are')} missing from a full listing of ${label}`,
    'they will be sent again; if this keeps happening, something else deletes files there',
  );
}
