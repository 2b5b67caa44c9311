import {
  describeAway,
  describeCopies,
  describePause,
  describeUncounted,
} from '../../report/in-words.ts';
import type { BackendState, ClientReport, Pause } from '../../report/types.ts';
import {
  backendStatus,
  clientStatus,
  isLate,
  sourceStatus,
  type Status,
} from '../../report/words.ts';
import { plural } from '../../runtime/plural.ts';
import { formatAgo, formatDuration } from '../../runtime/units.ts';
import { linkTo } from './groups.ts';
import { html, type Html } from './html.ts';
import { renderProgress } from './progress.ts';
import { renderOverdue } from './proof.ts';

/** One line for a client that is well. Its newest snapshot is shown here only where the other columns are hidden. */
export function renderClientCell(client: ClientReport, now: number): Html {
  const { protection, source, pause } = client;
  const { lagMs = 0, expectedWithinMs, copies = Infinity, expectedCopies } = protection;
  const { unreachableCopies = 0 } = protection;
  return html`<p class="line">
      ${linkTo(client.client)} ${renderStatus(clientStatus(client))}
      <span class="narrow">${renderTime(source.latestSnapshotAt, now)}</span>
    </p>
    ${pause && renderPause(pause)}
    ${
      (copies < expectedCopies || unreachableCopies > 0) &&
      html`<p class="note">${describeCopies(protection)}</p>`
    }
    ${
      lagMs > 0 &&
      html`<p class="${lagMs > expectedWithinMs ? 'late' : 'note'}">
        unprotected for ${formatDuration(lagMs)}
      </p>`
    }`;
}

export function renderSourceCell(client: ClientReport, now: number): Html {
  const { source, dueAt } = client;
  return html`<p class="line">
      ${renderStatus(sourceStatus(client))} ${renderTime(source.latestSnapshotAt, now)}
    </p>
    ${
      dueAt !== undefined &&
      dueAt < now &&
      html`<p class="late">overdue by ${formatDuration(now - dueAt)}</p>`
    }
    ${client.pause === undefined && renderOverdue(source, now)}`;
}

/** @param ofClient the pause of its client, which is shown there */
export function renderBackendCell(backend: BackendState, now: number, ofClient?: Pause): Html {
  const { pause } = backend;
  return html`<p class="line">
      ${renderStatus(backendStatus(backend))}
      ${backend.countsAsCopy !== false && renderTime(backend.latestSnapshotAt, now)}
    </p>
    ${pause !== undefined && pause !== ofClient && renderPause(pause)}
    ${describeAway(backend).map((disk) => html`<p class="note">${disk}</p>`)}
    ${renderUncounted(backend, now)} ${renderLag(backend)} ${renderSurplus(backend)}
    ${renderOverdue(backend, now)} ${renderProgress(backend, now)}`;
}

export function renderPause(pause: Pause): Html {
  return html`<p class="note">${describePause(pause)}</p>`;
}

export function renderStatus({ words, tone }: Status): Html {
  return html`<span class="status ${tone}">${words}</span>`;
}

/** The age of the newest snapshot. */
export function renderTime(at: number | undefined, now: number): Html {
  if (at === undefined) return html`<span class="note">no snapshot</span>`;
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="newest snapshot: ${iso}"
    >${formatAgo(now - at)}</time
  >`;
}

export function renderSurplus({ staleKeys = 0, unproven = 0 }: BackendState): Html {
  return html`${unproven > 0 && html`<p class="note">${plural(unproven, 'unproven snapshot')}</p>`}
  ${staleKeys > 0 && html`<p class="late">${plural(staleKeys, 'stale key')}</p>`}`;
}

/** A backend that has not been reached for long, or a script whose work is not checked. */
export function renderUncounted(backend: BackendState, now: number): Html | undefined {
  const { countsAsCopy, lastSuccess } = backend;
  if (countsAsCopy !== false) {
    const uncounted = describeUncounted(backend, now);
    return uncounted === undefined ? undefined : html`<p class="late">${uncounted}</p>`;
  }
  const run =
    lastSuccess === undefined
      ? 'script has not succeeded yet'
      : `script exited with 0 ${formatAgo(now - lastSuccess)}`;
  return html`<p class="note">${run}; does not count as a copy</p>`;
}

export function renderLag(backend: BackendState): Html | undefined {
  const { lagMs = 0, maxLagMs, missing } = backend;
  if (lagMs === 0) return undefined;
  const count = missing === undefined ? '' : `, ${plural(missing.length, 'snapshot')} missing`;
  return isLate(backend)
    ? html`<p class="late">
        ${formatDuration(lagMs)} behind (${formatDuration(maxLagMs)} allowed)${count}
      </p>`
    : html`<p class="note">${formatDuration(lagMs)} behind${count}</p>`;
}

export function renderNextAttempt(
  { state, nextAttemptAt }: BackendState,
  now: number,
): Html | undefined {
  const isFailing = state === 'retrying' || state === 'blocked';
  if (!isFailing || nextAttemptAt === undefined || nextAttemptAt <= now) return undefined;
  return html`<p class="note">next try in ${formatDuration(nextAttemptAt - now)}</p>`;
}
