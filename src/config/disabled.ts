import { optional } from '../runtime/optional.ts';
import { NAME_PATTERN } from '../schema/values.ts';
import { problemAt } from './issues.ts';
import type { Layers } from './layers.ts';
import type { ConfigProblem, DisabledClient } from './types.ts';

/** Whether a client's file says `enabled: false`. A file that is not valid YAML says nothing. */
export function isDisabled({ name, client }: Layers): boolean {
  return NAME_PATTERN.test(name) && client.value?.enabled === false;
}

/** The parts of a disabled client's file that people see. */
export function disabledClient({ name, client: { file, value } }: Layers): DisabledClient {
  const { reason, since, by } = value?.disabled ?? {};
  return {
    name,
    file: file.path,
    ...optional({ reason, since, by, listen: value?.listen }),
  };
}

/** Warns about a client that has a reason for being disabled, and is not. */
export function checkDisabled(clients: readonly Layers[]): ConfigProblem[] {
  return clients
    .filter(({ client: { value } }) => value?.disabled !== undefined && value.enabled !== false)
    .map(({ client: { file } }) => ({
      ...problemAt(file, ['disabled'], MISLEADING),
      severity: 'warning',
    }));
}

const MISLEADING = 'has no effect: the client is enabled; remove this, or write "enabled: false"';
