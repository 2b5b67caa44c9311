import { backendTraits } from '../kinds/traits.ts';
import { compactDuration, formatBytes } from '../runtime/units.ts';
import type { BackendConfig, ClientConfig } from './types.ts';

/**
 * The defaults that follow from other settings, by key, in the form in which a person would write them; undefined for those that
 * do not apply here. Pure.
 */
export function computedSettings(client: ClientConfig): ReadonlyMap<string, unknown> {
  const { expect, audit, backends, restoreCheck } = client;
  return new Map<string, unknown>([
    ['expect.grace', compactDuration(expect.graceMs)],
    ['expect.copies', expect.copies],
    ...seenWithin(backends),
    ['restoreCheck.directory', restoreCheck?.directory],
    [
      'restoreCheck.deadline',
      restoreCheck?.command && compactDuration(restoreCheck.commandDeadlineMs),
    ],
    ...backends.flatMap((backend) =>
      settingsOf(backend, audit.everyMs).map(
        ([key, value]) => [`backends.${backend.name}.${key}`, value] as const,
      ),
    ),
  ]);
}

/** The value, with the names of the backends if it is not the same for all of them. */
function seenWithin(backends: readonly BackendConfig[]): (readonly [string, string])[] {
  const counting = backends.filter((backend) => backendTraits(backend).countsAsCopy);
  const times = counting.map(({ seenWithinMs }) => compactDuration(seenWithinMs));
  if (times.length === 0) return [];
  const all = counting.map(({ name }, index) => `${times[index]} (${name})`);
  const value = new Set(times).size === 1 ? (times[0] ?? '') : all.join(', ');
  return [['expect.seenWithin', value]];
}

function settingsOf(
  backend: BackendConfig,
  auditEveryMs: number,
): (readonly [string, string | undefined])[] {
  const { maxLagMs, minFreeBytes, around } = backend;
  const { countsAsCopy, hasMarker } = backendTraits(backend);
  return [
    ['listEvery', compactDuration(auditEveryMs)],
    ['maxLag', countsAsCopy ? compactDuration(maxLagMs) : undefined],
    ['minFree', hasMarker ? formatBytes(minFreeBytes).replace(' ', '') : undefined],
    ['aroundDeadline', around && compactDuration(around.deadlineMs)],
  ];
}
