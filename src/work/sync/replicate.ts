import type { Care } from '../../locations/care.ts';
import { isEmptyPlan, planSync } from '../../replication/plan.ts';
import { runSync, type SyncOptions } from '../../replication/sync.ts';
import {
  countObjects,
  objectsCommon,
  objectsMinus,
  type Objects,
} from '../../repository/objects.ts';
import type { View } from '../../repository/view.ts';
import { SyncdError } from '../../runtime/errors.ts';
import type { SendOptions, Sent } from '../sender.ts';
import { CorruptDoubts } from './corrupt-doubts.ts';
import type { RawBackend } from '../../backends/raw-backend.ts';

/** The number of passes without any transfer before the source counts as busy. */
const FRUITLESS_PASSES = 5;
/** How often objects may vanish from the backend in one pass before it fails. */
const MOST_LOSSES = 5;

/**
 * Copies a view to a backend, even if it must be taken again several times: what was sent is kept, so each pass has less to do.
 * Rejects with reason `source_busy` only when several consecutive passes could send nothing.
 */
export async function replicate(
  backend: RawBackend,
  firstView: View,
  options: SendOptions,
): Promise<Sent> {
  const { pass, freshView } = options;
  const { location: target, known } = backend;
  const isStillThere: SyncOptions['isStillThere'] = (...asked) => backend.isStillThere(...asked);
  let view = firstView;
  let fruitless = 0;
  let losses = 0;
  let hasDropped = false;
  const doubts = new CorruptDoubts(options.source, pass);
  for (let replans = 0; ; replans++) {
    const plan = planSync(view, known.require());
    pass.planned(plan);
    if (isEmptyPlan(plan)) return { view, corrupt: [], replans };
    const result = await runSync(plan, { ...options, target, known, isStillThere });
    const { corrupt, dropped, placed } = result;
    if (await doubts.areWorthRereading(corrupt)) {
      view = await freshView(pass.signal, 'full');
      continue;
    }
    if (result.outcome === 'lost') {
      if (++losses >= MOST_LOSSES) throw unstable(backend);
      continue;
    }
    if (result.outcome !== 'replan') {
      if (countObjects(dropped) === 0 || corrupt.length > 0 || hasDropped) {
        return { view: without(view, dropped), corrupt, replans };
      }
      // gone, or written in place and larger now than when listed, which only the file itself shows
      hasDropped = true;
      view = await freshView(pass.signal, 'full');
      continue;
    }
    fruitless = placed > 0 ? 0 : fruitless + 1;
    if (fruitless >= FRUITLESS_PASSES) throw busy(backend);
    view = await freshView(pass.signal, careAfter(fruitless));
  }
}

/**
 * How carefully to list the source again. A listing of names does not show that a file shrank in place, and it would seem to
 * vanish forever.
 */
function careAfter(fruitless: number): Exclude<Care, 'poll'> {
  return fruitless === 0 ? 'names' : 'full';
}

function without(view: View, dropped: Objects): View {
  const names = objectsCommon(view.objects, dropped);
  return { ...view, objects: objectsMinus(view.objects, names) };
}

function busy({ owner }: RawBackend): SyncdError {
  return new SyncdError(
    'source_busy',
    `objects of ${owner.client} vanish from the source before they can be read`,
    'a prune is running at the source, or something deletes its files in a loop; the pass will be retried',
  );
}

function unstable({ location }: RawBackend): SyncdError {
  return new SyncdError(
    'verify',
    `objects vanish from ${location.label} while others are being sent`,
    'find out what deletes files there; the pass will be retried',
  );
}
