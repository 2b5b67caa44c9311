import { isEmptyPlan, type Plan } from '../../replication/plan.ts';
import { formatBytes } from '../../runtime/units.ts';
import type { Work } from '../sender.ts';
import { plural } from '../../runtime/plural.ts';

/** The work of a plan. */
export function workOf(plan: Plan): Work {
  const { objects, bytes } = plan;
  const summary = `${plural(objects, 'object')}, ${formatBytes(bytes)} to send`;
  return { objects, bytes, summary, isNothing: isEmptyPlan(plan) };
}
