import type { ActivityState } from '../report/types.ts';
import type { ACTIVITIES } from './names.ts';
import { seconds, type Values } from './values.ts';

/** No zeros for reasons that never occurred: no rule asks for them, and they would double the size of a scrape. */
export function activityValues(activity: ActivityState): Values<keyof typeof ACTIVITIES> {
  return {
    activity_due_timestamp_seconds: seconds(activity.dueAt),
    activity_last_success_timestamp_seconds: seconds(activity.lastSuccessAt),
    activity_failures_total: activity.failures,
  };
}
