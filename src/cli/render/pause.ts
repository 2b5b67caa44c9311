import type { PauseChange, SavedAtOnce } from '../../client/control-protocol.ts';
import { describePause } from '../../facts/pause-words.ts';
import type { Pause } from '../../facts/pauses.ts';
import { toDocument } from '../../report/document.ts';
import type { ClientReport } from '../../report/types.ts';
import { toned, wrap, type Line } from './line.ts';

/** The result of `pause` or `resume`, and why it could not be saved, if that failed. */
export interface PauseAnswer extends SavedAtOnce {
  readonly change: PauseChange;
}

interface Target {
  readonly client: string;
  readonly backend?: string | undefined;
}

/** The result of `pause`, for people. */
export function renderPause({ change }: PauseAnswer, target: Target): string[] {
  const { pause, before, isChanged, isStopping } = change;
  const name = nameOf(target);
  const now = pause === undefined ? 'not paused' : describePause(pause);
  return [
    `${name}: ${isChanged ? '' : 'already '}${now}`,
    ...(isChanged && before ? [`  instead of: ${describePause(before)}`] : []),
    ...(isStopping ? ['  work there has been asked to stop, and has not ended yet'] : []),
  ];
}

/** The result of `resume`, for people. */
export function renderResume({ change }: PauseAnswer, target: Target): string[] {
  const { pause, before, isChanged, stillPaused = {} } = change;
  const { client } = target;
  const name = nameOf(target);
  const ended = isChanged && before ? [`${name}: resumed; it was ${describePause(before)}`] : [];
  if (pause !== undefined)
    return [
      ...ended,
      `${name}: still paused with its client: ${describePause(pause)}`,
      `  to end that, run: backup-syncd resume ${client}`,
    ];
  const others = Object.entries(stillPaused).flatMap(([backend, of]) => [
    `${client} → ${backend}: still ${describePause(of)}`,
    `  to end that, run: backup-syncd resume ${client} ${backend}`,
  ]);
  return [...(isChanged ? ended : [`${name}: not paused`]), ...others];
}

/** The result of `pause` or `resume`, for programs. */
export function pauseDocument({ change, notSaved }: PauseAnswer, target: Target): unknown {
  const { isChanged, pause, before, isStopping, stillPaused } = change;
  const { client, backend } = target;
  return {
    schemaVersion: 1,
    client,
    ...(backend !== undefined && { backend }),
    isChanged,
    isSaved: notSaved === undefined,
    pause: documentOf(pause),
    before: documentOf(before),
    ...(isStopping && { isStopping }),
    ...(stillPaused && { stillPaused: toDocument(stillPaused) }),
  };
}

function documentOf(pause: Pause | undefined): unknown {
  return pause === undefined ? null : toDocument(pause);
}

function nameOf({ client, backend }: Target): string {
  return backend === undefined ? client : `${client} → ${backend}`;
}

/** The pauses of some clients and of their backends, for people. */
export function renderPauses(clients: readonly ClientReport[], width: number): Line[] {
  return clients
    .flatMap(pausesInWords)
    .flatMap((text) => wrap(text, width).map((line) => [toned(line, 'soft')]));
}

/** `ahost: paused until …`, or `ahost → nas: paused until …` for each backend with a pause of its own. */
function pausesInWords({ client, pause, backends }: ClientReport): string[] {
  const own = backends.flatMap(({ backend, pause: of }) =>
    of === undefined || of === pause ? [] : [`${client} → ${backend}: ${describePause(of)}`],
  );
  return [...(pause === undefined ? [] : [`${client}: ${describePause(pause)}`]), ...own];
}
