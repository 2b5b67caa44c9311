import type { BackendState, ClientReport } from '../../report/types.ts';
import { describeAway, describeCopies, describeUncounted } from '../../report/in-words.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';
import { renderProgress } from './progress.ts';
import { backendStatus, isLate, sourceStatus, type Status } from '../../report/words.ts';
import { plural } from '../../runtime/plural.ts';

export function renderClientCell({ client, severity, protection }: ClientReport): Html {
  const { lagMs = 0, expectedWithinMs } = protection;
  const copies = describeCopies(protection);
  return html`<p class="line">
      <span class="name">${client}</span> ${renderStatus({ words: severity, tone: severity })}
    </p>
    ${copies !== undefined && html`<p class="note">${copies}</p>`}
    ${
      lagMs > 0 &&
      html`<p class="${lagMs > expectedWithinMs ? 'late' : 'note'}">
        unprotected for ${formatDuration(lagMs)}
      </p>`
    }`;
}

export function renderSourceCell(client: ClientReport, now: number): Html {
  const { source, dueAt, snapshotEveryMs } = client;
  const { latestSnapshotAt, snapshots, bytes = 0 } = source;
  const size = bytes > 0 ? ` · ${formatBytes(bytes)}` : '';
  return html`<p class="line">
      ${renderStatus(sourceStatus(client))} ${renderNewest(latestSnapshotAt, now)}
    </p>
    ${dueAt !== undefined && renderDue(dueAt, now)}
    ${snapshotEveryMs === null && html`<p class="note">none expected</p>`}
    ${snapshots !== undefined && html`<p class="note">${plural(snapshots, 'snapshot')}${size}</p>`}`;
}

export function renderBackendCell(backend: BackendState, now: number): Html {
  return html`<p class="line">
      ${renderStatus(backendStatus(backend))}
      ${backend.countsAsCopy !== false && renderNewest(backend.latestSnapshotAt, now)}
    </p>
    ${describeAway(backend).map((disk) => html`<p class="note">${disk}</p>`)}
    ${renderUncounted(backend, now)} ${renderLag(backend)} ${renderNextAttempt(backend, now)}
    ${renderSurplus(backend)} ${renderProgress(backend, now)}`;
}

function renderStatus({ words, tone }: Status): Html {
  return html`<span class="status ${tone}">${words}</span>`;
}

function renderNewest(at: number | undefined, now: number): Html {
  if (at === undefined) return html`<span class="note">no snapshot</span>`;
  const iso = new Date(at).toISOString();
  return html`<span
    >newest <time datetime="${iso}" title="${iso}">${formatAgo(now - at)}</time></span
  >`;
}

function renderDue(dueAt: number, now: number): Html {
  return dueAt < now
    ? html`<p class="late">overdue by ${formatDuration(now - dueAt)}</p>`
    : html`<p class="note">next due in ${formatDuration(dueAt - now)}</p>`;
}

function renderSurplus({ staleKeys = 0, unproven = 0 }: BackendState): Html {
  return html`${unproven > 0 && html`<p class="note">${plural(unproven, 'unproven snapshot')}</p>`}
  ${staleKeys > 0 && html`<p class="late">${plural(staleKeys, 'stale key')}</p>`}`;
}

/** A backend that nobody has reached for long, or a script whose work nobody looks at. */
function renderUncounted(backend: BackendState, now: number): Html | undefined {
  const { countsAsCopy, lastSuccess } = backend;
  if (countsAsCopy !== false) {
    const uncounted = describeUncounted(backend, now);
    return uncounted === undefined ? undefined : html`<p class="late">${uncounted}</p>`;
  }
  const run =
    lastSuccess === undefined
      ? 'script has not succeeded yet'
      : `script exited with 0 ${formatAgo(now - lastSuccess)}`;
  return html`<p class="note">${run}; counts as no copy</p>`;
}

function renderLag(backend: BackendState): Html | undefined {
  const { lagMs, maxLagMs, missing } = backend;
  if (lagMs === undefined) return undefined;
  if (lagMs === 0) return html`<p class="note">no lag</p>`;
  const count = missing === undefined ? '' : `, ${plural(missing.length, 'snapshot')} missing`;
  return isLate(backend)
    ? html`<p class="late">
        lag ${formatDuration(lagMs)} (limit ${formatDuration(maxLagMs)})${count}
      </p>`
    : html`<p class="note">lag ${formatDuration(lagMs)}${count}</p>`;
}

function renderNextAttempt({ state, nextAttemptAt }: BackendState, now: number): Html | undefined {
  const isFailing = state === 'retrying' || state === 'blocked';
  if (!isFailing || nextAttemptAt === undefined || nextAttemptAt <= now) return undefined;
  return html`<p class="note">next try in ${formatDuration(nextAttemptAt - now)}</p>`;
}
