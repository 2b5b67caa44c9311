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
    <div class="matrix wide">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">Of</th>
            <th scope="col">State</th>
            <th scope="col">Newest</th>
            <th scope="col">Next</th>
          </tr>
        </thead>
        <tbody>
          ${groups.expected.map(renderRow)}
        </tbody>
      </table>
    </div>
    <p class="note">Hosts and paths ${describeReading(groups, now)}.</p>
  </section>`;
}
