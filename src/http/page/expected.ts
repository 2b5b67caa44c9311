import {
  describeReading,
  groupDueInWords,
  groupStatus,
  nameOfGroup,
} from '../../report/expected-groups.ts';
import type { ClientReport, GroupState } from '../../report/types.ts';
import { formatAgo } from '../../runtime/units.ts';
import { renderStatus } from './cells.ts';
import { html, type Html } from './html.ts';
import { renderTable } from './table.ts';

/** The hosts and paths that each need a recent snapshot; undefined if none are expected. */
export function renderExpected({ groups }: ClientReport, now: number): Html | undefined {
  if (groups === undefined) return undefined;
  const renderRow = (group: GroupState) =>
    html`<tr>
      <th scope="row">${nameOfGroup(group)}</th>
      <td>${renderStatus(groupStatus(group, groups, now))}</td>
      <td>${group.newestAt === undefined ? '–' : formatAgo(now - group.newestAt)}</td>
      <td>${groupDueInWords(group, now)}</td>
    </tr>`;
  return html`<section>
    <h2>Expected snapshots</h2>
    ${renderTable(['Of', 'State', 'Newest', 'Next'], groups.expected.map(renderRow))}
    <p class="note">Hosts and paths ${describeReading(groups, now)}.</p>
  </section>`;
}
