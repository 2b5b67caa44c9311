import type { BackendState, SyncProgress } from '../../report/types.ts';
import { formatBytes, formatDuration } from '../../runtime/units.ts';
import { html, type Html } from './html.ts';
import { grouped, plural } from '../../runtime/plural.ts';

/** The running pass, or what is left of a first copy that is not running. */
export function renderProgress(backend: BackendState, now: number): Html | undefined {
  if (backend.progress !== undefined) return renderBar(backend.progress, now);
  if (backend.baselineAt !== undefined || !backend.pendingBytes) return undefined;
  return html`<p class="note">first copy: ${formatBytes(backend.pendingBytes)} to go</p>`;
}

function renderBar(progress: SyncProgress, now: number): Html {
  const percent = percentOf(progress);
  const left = remainingMs(progress);
  return html`<div class="progress">
    <progress max="100" value="${percent}" aria-label="progress">${percent} %</progress>
    <p><b>${percent} %</b>${left !== undefined && html` · about ${formatDuration(left)} left`}</p>
    <p class="note">
      ${formatBytes(progress.bytes)} of ${formatBytes(progress.totalBytes)} ·
      ${grouped(progress.objects)} of ${plural(progress.totalObjects, 'object')}
    </p>
    ${renderStall(progress, now)}
  </div>`;
}

const STALLED_AFTER_MS = 5 * 60_000;

function renderStall(progress: SyncProgress, now: number): Html | undefined {
  const { updatedAt, waitingSince } = progress;
  if (waitingSince !== undefined)
    return html`<p class="note">waiting for its turn while others send</p>`;
  const stalledMs = now - updatedAt;
  if (stalledMs < STALLED_AFTER_MS) return undefined;
  return html`<p class="late">nothing moved for ${formatDuration(stalledMs)}</p>`;
}

/** Whole percents, rounded down: 100 only at the end. */
export function percentOf({ bytes, totalBytes, objects, totalObjects }: SyncProgress): number {
  const share = totalBytes > 0 ? bytes / totalBytes : objects / Math.max(1, totalObjects);
  return Math.floor(Math.min(1, Math.max(0, share)) * 100);
}

/** An estimate needs some progress first. */
const MIN_ELAPSED_MS = 10_000;

/** The remaining milliseconds at the pace so far; undefined if it is too early to tell. */
export function remainingMs(progress: SyncProgress): number | undefined {
  const { startedAt, updatedAt, bytes, totalBytes } = progress;
  const elapsedMs = updatedAt - startedAt;
  if (elapsedMs < MIN_ELAPSED_MS || bytes <= 0 || bytes >= totalBytes) return undefined;
  return ((totalBytes - bytes) * elapsedMs) / bytes;
}
