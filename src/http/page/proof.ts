import { activityWords, overdueAt } from '../../report/overdue-proof.ts';
import { describeSurplus } from '../../report/in-words.ts';
import { describeAmount, describeRepaired, notableFindings } from '../../report/audits.ts';
import type { AuditState, BackendState, SourceState } from '../../report/types.ts';
import { noResultInWords, restoredInWords } from '../../report/restores.ts';
import { spaced } from '../../report/words.ts';
import { grouped } from '../../runtime/plural.ts';
import { formatAgo } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';

type Place = SourceState | BackendState;

/** The audits and restore checks of a place that are overdue. */
export function renderOverdue(place: Place, now: number): Html {
  return html`${overdueAt(place, now).map(
    ({ name }) => html`<p class="late">${activityWords(name)} overdue</p>`,
  )}`;
}

/** The last success of each activity of a place, and the findings of the last audit. */
export function proofFacts(
  place: Place,
  now: number,
): (readonly [what: string, value: string | undefined])[] {
  const { activities = [], lastAudit } = place;
  return [
    ...activities.map(
      ({ name, lastSuccessAt }) =>
        [
          `Last ${activityWords(name)}`,
          lastSuccessAt === undefined ? 'never' : formatAgo(now - lastSuccessAt),
        ] as const,
    ),
    ['The audit found', found(lastAudit)],
    ...(lastAudit === undefined ? [] : whatToDo(lastAudit)),
    ['Surplus', describeSurplus(place)],
    ...restoreFacts(place, now),
  ];
}

/** `3 missing, 340 surplus` */
function found(audit: Place['lastAudit']): string | undefined {
  if (audit === undefined) return undefined;
  const { findings } = audit;
  if (findings.length === 0) return 'nothing';
  return findings.map(({ finding, count }) => `${grouped(count)} ${spaced(finding)}`).join(', ');
}

/** The action for each finding that matters: what was done, or what to type; and where objects came back from. */
function whatToDo(audit: AuditState): (readonly [what: string, value: string])[] {
  const back = describeRepaired(audit).map((text) => ['Repaired', text] as const);
  return [
    ...back,
    ...notableFindings(audit).flatMap((one) => {
      const { finding, action } = one;
      if (action === undefined) return [];
      return [[`Audit: ${spaced(finding)}`, `${describeAmount(one)}; ${action}`] as const];
    }),
  ];
}

/** `restored fine 2d ago, a snapshot from 3d ago`; why a later check said nothing. */
function restoreFacts(place: Place, now: number): (readonly [what: string, value: string])[] {
  const words = restoredInWords(place, now);
  if (words === undefined) return [];
  const { restoredSnapshotAt, isGood } = place.restores ?? {};
  const snapshot =
    restoredSnapshotAt === undefined || isGood === false
      ? ''
      : `, a snapshot from ${formatAgo(now - restoredSnapshotAt)}`;
  const note = noResultInWords(place);
  return [['Restores', [`${words}${snapshot}`, note].filter(Boolean).join('; ')]];
}
