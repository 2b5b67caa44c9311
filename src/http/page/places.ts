import type { BackendState, ClientReport, Pause, SourceState } from '../../report/types.ts';
import {
  backendStatus,
  doingInWords,
  sourceStatus,
  spaced,
  type Status,
} from '../../report/words.ts';
import { grouped, plural } from '../../runtime/plural.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import {
  renderLag,
  renderNextAttempt,
  renderPause,
  renderStatus,
  renderSurplus,
  renderUncounted,
} from './cells.ts';
import { html, type Html } from './html.ts';
import { renderProgress } from './progress.ts';
import { proofFacts } from './proof.ts';

type Fact = readonly [what: string, value: string | undefined];

/** The source and the backends of a client, each with its known facts. Unknown facts are left out. */
export function renderPlaces(client: ClientReport, now: number): Html {
  return html`<section>
    <h2>Places</h2>
    <div class="places">
      ${renderPlace('source', sourceStatus(client), sourceFacts(client.source, now))}
      ${client.backends.map((backend) =>
        renderPlace(backend.backend, backendStatus(backend), {
          ...backendFacts(backend, now, client.pause),
        }),
      )}
    </div>
  </section>`;
}

interface Details {
  readonly notes?: Html;
  readonly facts: readonly Fact[];
}

function renderPlace(name: string, status: Status, { notes, facts }: Details): Html {
  return html`<article class="place">
    <h3>${name} ${renderStatus(status)}</h3>
    ${notes}
    <dl>
      ${facts.map(
        ([what, value]) =>
          value !== undefined &&
          html`<div>
            <dt>${what}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </article>`;
}

function sourceFacts(source: SourceState, now: number): Details {
  const { scans, scanFailures, location, locks = 0, oldestLockAt } = source;
  return {
    facts: [
      ['Location', location],
      ['Newest snapshot', ago(source.latestSnapshotAt, now)],
      ['Snapshots', source.snapshots === undefined ? undefined : grouped(source.snapshots)],
      ['Size', size(source)],
      ['In this state for', since(source.stateSince, now)],
      ['Now', doingInWords(source, now)],
      ['Last check', ago(source.lastScanAt, now)],
      ['Last full listing', ago(source.lastListing, now)],
      ...proofFacts(source, now),
      ['Checks', `${grouped(scans)}, ${grouped(scanFailures)} failed`],
      [
        'Locks',
        locks === 0
          ? undefined
          : `${grouped(locks)}, the oldest from ${ago(oldestLockAt, now) ?? 'an unknown time'}`,
      ],
    ],
  };
}

function backendFacts(backend: BackendState, now: number, ofClient?: Pause): Details {
  const { location, state, message, lastSuccess, lastDurationMs, pause } = backend;
  const isFailing = state === 'blocked' || state === 'retrying'; // it is then among the problems
  const took = lastDurationMs === undefined ? '' : `, in ${formatDuration(lastDurationMs)}`;
  return {
    notes: html`${pause !== undefined && pause !== ofClient && renderPause(pause)}
    ${message !== undefined && !isFailing && html`<p class="note">${message}</p>`}
    ${renderUncounted(backend, now)} ${renderLag(backend)} ${renderNextAttempt(backend, now)}
    ${renderSurplus(backend)} ${renderProgress(backend, now)}`,
    facts: [
      ['Location', location],
      ['Newest snapshot', ago(backend.latestSnapshotAt, now)],
      [
        'Complete snapshots',
        backend.snapshots === undefined ? undefined : grouped(backend.snapshots),
      ],
      ['Size', size(backend)],
      ['Free', free(backend)],
      ['In this state for', since(backend.stateSince, now)],
      ['Now', doingInWords(backend, now)],
      ['Last contact', ago(backend.lastContact, now)],
      ['Last full listing', ago(backend.lastListing, now)],
      ...proofFacts(backend, now),
      [
        'Last success',
        lastSuccess === undefined ? undefined : `${formatAgo(now - lastSuccess)}${took}`,
      ],
      ['Passes', passes(backend)],
      ['Sent', sent(backend)],
    ],
  };
}

function ago(at: number | undefined, now: number): string | undefined {
  return at === undefined ? undefined : formatAgo(now - at);
}

function since(at: number | undefined, now: number): string | undefined {
  return at === undefined ? undefined : formatDuration(Math.max(0, now - at));
}

function size({ objects, bytes }: Pick<BackendState, 'objects' | 'bytes'>): string | undefined {
  if (objects === undefined) return undefined;
  const count = plural(objects, 'object');
  return bytes === undefined ? count : `${formatBytes(bytes)} in ${count}`;
}

function free({ freeBytes, totalBytes }: BackendState): string | undefined {
  if (freeBytes === undefined) return undefined;
  const total = totalBytes === undefined ? '' : ` of ${formatBytes(totalBytes)}`;
  return `${formatBytes(freeBytes)}${total}`;
}

/** `41, 3 failed: 2 unreachable, 1 timeout`. */
function passes({ counters: { syncs, failures } }: BackendState): string {
  const reasons = Object.entries(failures).map(
    ([reason, count]) => `${grouped(count)} ${spaced(reason)}`,
  );
  if (reasons.length === 0) return grouped(syncs);
  const failed = Object.values(failures).reduce((total, count) => total + count, 0);
  return `${grouped(syncs)}, ${grouped(failed)} failed: ${reasons.join(', ')}`;
}

function sent({ counters: { transferredObjects, transferredBytes } }: BackendState): string {
  return `${formatBytes(transferredBytes)} in ${plural(transferredObjects, 'object')}`;
}
