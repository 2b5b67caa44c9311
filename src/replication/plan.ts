import { EMPTY_CATALOGUE, minus, type Catalogue } from '../repository/catalogue.ts';
import { flatten, zipData } from '../repository/data-catalogue.ts';
import { HASHED_KINDS, type HashedKind } from '../repository/names.ts';
import type { Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { lackingObjects } from './lacking.ts';

/** The objects that are known to be at a backend. */
export interface Present {
  /** undefined: it has no `config` yet */
  readonly configSha256: string | undefined;
  readonly objects: Objects;
}

export interface Phase {
  readonly kind: HashedKind;
  readonly send: Catalogue;
}

/** The objects that a sync sends, in the order in which they may become visible (I2). */
export interface Plan {
  readonly view: View;
  readonly sendsConfig: boolean;
  readonly phases: readonly Phase[];
  readonly objects: number;
  readonly bytes: number;
}

/**
 * Plans what is in the view and not at the backend, or there with another size. A source without snapshots sends nothing, not even
 * its `config`, which has no hash to check (I4). If packs that the backend lacks have vanished from the source, nothing is sent
 * that would make a snapshot visible, because it may need them.
 */
export function planSync(view: View, present: Present): Plan {
  if (view.objects.snapshots.count === 0) return finishPlan(view, false, []);
  const kinds = hasVanished(view, present.objects) ? HASHED_KINDS : WITHOUT_SNAPSHOTS;
  const lacking = lackingObjects(view.objects, present.objects);
  const phases = kinds.map((kind) => ({ kind, send: ofKind(lacking, kind) }));
  return finishPlan(
    view,
    present.configSha256 === undefined,
    phases.filter(({ send }) => send.count > 0),
  );
}

const WITHOUT_SNAPSHOTS = ['keys', 'data'] as const;

/** Whether a place has all packs that vanished from the source without an explanation. */
export function hasVanished({ vanished }: View, there: Objects | undefined): boolean {
  if (vanished === undefined) return true;
  if (vanished === 'unknown' || there === undefined) return false;
  return zipData(vanished, there.data, minus).count === 0;
}

export function isEmptyPlan(plan: Plan): boolean {
  return !plan.sendsConfig && plan.phases.length === 0;
}

function ofKind(objects: Objects, kind: HashedKind): Catalogue {
  return kind === 'data' ? flatten(objects.data) : objects[kind];
}

/** A plan with its totals. */
function finishPlan(view: View, sendsConfig: boolean, phases: readonly Phase[]): Plan {
  return {
    view,
    sendsConfig,
    phases,
    objects: phases.reduce((sum, { send }) => sum + send.count, sendsConfig ? 1 : 0),
    bytes: phases.reduce((sum, { send }) => sum + send.bytes, sendsConfig ? view.configBytes : 0),
  };
}

export function sendOf(plan: Plan, kind: HashedKind): Catalogue {
  return plan.phases.find((phase) => phase.kind === kind)?.send ?? EMPTY_CATALOGUE;
}
