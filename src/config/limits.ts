import type { Checked } from './check-file.ts';
import { problemAt } from './issues.ts';
import type { Layers } from './layers.ts';
import type { DaemonFile } from './schema/daemon.ts';
import { findSimilar } from './suggest.ts';
import type { Limits } from '../work/transfers/schedule.ts';
import type { ConfigProblem } from './types.ts';

export function buildLimits({
  transfers = 4,
  bandwidth = {},
}: NonNullable<DaemonFile['limits']>): Limits {
  return { transfers, bandwidth };
}

/**
 * Warns about limits for backends that no client has. The client may be gone, or refused for now; but a mistyped name is a limit
 * without effect.
 */
export function checkLimits(
  { file, value }: Checked<DaemonFile>,
  clients: readonly Layers[],
): ConfigProblem[] {
  const lists = [value?.defaults?.backends, ...clients.map(({ client }) => client.value?.backends)];
  const known = new Set(lists.flatMap((list) => list ?? []).map(({ name }) => name));
  return Object.keys(value?.limits?.bandwidth ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({
      ...problemAt(file, ['limits', 'bandwidth', name], describe(name, [...known])),
      severity: 'warning',
    }));
}

function describe(name: string, known: readonly string[]): string {
  const similar = findSimilar(name, known);
  if (similar !== undefined)
    return `no client has a backend with this name; did you mean "${similar}"?`;
  const list =
    known.length === 0
      ? 'no backends are configured yet'
      : `the backends are ${known.toSorted().join(', ')}`;
  return `no client has a backend with this name; ${list}`;
}
