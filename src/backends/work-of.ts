import { isEmptyPlan, type Plan } from '../replication/plan.ts';
import { formatBytes } from '../runtime/units.ts';
import type { Work } from './backend.ts';

/** What a plan comes to. */
export function workOf(plan: Plan): Work {
  const { objects, bytes } = plan;
  const summary = `${objects} objects, ${formatBytes(bytes)} to send`;
  return { objects, bytes, summary, isNothing: isEmptyPlan(plan) };
}
