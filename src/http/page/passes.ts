import type { RecentPass } from '../../report/recent-passes.ts';
import { spaced, type Status } from '../../report/words.ts';
import { plural } from '../../runtime/plural.ts';
import { formatBytes, formatDuration } from '../../runtime/units.ts';
import { renderStatus } from './cells.ts';
import { html, type Html } from './html.ts';
import { renderAge, renderTable } from './table.ts';

/** The latest passes over the backends of a client. */
export function renderPasses(passes: readonly RecentPass[], now: number): Html {
  return html`<section>
    <h2>Recent passes</h2>
    ${
      passes.length === 0
        ? html`<p class="note">
            None since the daemon started, apart from checks that found nothing to do.
          </p>`
        : renderTable(
            ['Ended', 'Backend', 'Outcome', 'Details'],
            passes.map((pass) => renderPass(pass, now)),
          )
    }
  </section>`;
}

function renderPass({ pass, times, firstAt }: RecentPass, now: number): Html {
  return html`<tr>
    <td>${renderAge(pass.endedAt, now)}</td>
    <td>${pass.backend}</td>
    <td>${renderStatus(statusOf(pass))}</td>
    <td>
      ${whatOf(pass)}${times > 1 && `; ${plural(times, 'time')} in ${formatDuration(pass.endedAt - firstAt)}`}
    </td>
  </tr>`;
}

function statusOf({ outcome, reason }: RecentPass['pass']): Status {
  switch (outcome) {
    case 'complete':
      return { words: 'complete', tone: 'ok' };
    case 'failed':
      return { words: `failed: ${spaced(reason ?? 'internal')}`, tone: 'critical' };
    case 'unverified':
      return { words: 'unverified', tone: 'warning' };
    case 'cancelled':
    case 'paused':
    case 'nothing':
      return { words: outcome, tone: 'unknown' };
  }
}

function whatOf({
  outcome,
  message,
  published,
  sent,
  startedAt,
  endedAt,
}: RecentPass['pass']): string {
  const took = formatDuration(endedAt - startedAt);
  if (outcome === 'failed') return message ?? '';
  if (outcome === 'unverified') return `the script exited with 0, in ${took}`;
  const snapshots = plural(published.length, 'snapshot');
  return `${snapshots}, ${formatBytes(sent.bytes)} in ${plural(sent.objects, 'object')}, in ${took}`;
}
