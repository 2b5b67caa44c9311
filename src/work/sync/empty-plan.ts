import { isEmptyPlan, planSync, type Plan, type Present } from '../../replication/plan.ts';
import type { View } from '../../repository/view.ts';

/** Caches the last plan that had nothing to send, so that a poll without changes makes no new one. */
export class EmptyPlan {
  private last: { readonly view: View; readonly present: Present; readonly plan: Plan } | undefined;

  /** Plans what a view has and a backend lacks. */
  plan(view: View, present: Present): Plan {
    if (this.last !== undefined && this.isFor(view, present)) return this.last.plan;
    const plan = planSync(view, present);
    this.last = isEmptyPlan(plan) ? { view, present, plan } : undefined;
    return plan;
  }

  /** Whether the last plan was made of these and had nothing to send. */
  isFor(view: View | undefined, present: Present | undefined): boolean {
    return this.last !== undefined && this.last.view === view && this.last.present === present;
  }
}
