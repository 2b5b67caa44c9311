import { findDisagreement } from '../../runit/disagreement.ts';
import { findRunit, readServices } from '../../runit/tree.ts';
import type { Editable } from '../editable.ts';

/** The services of a client, as commands show them. */
export interface ShownServices {
  /** by name, also those of the operator */
  readonly services: readonly string[];
  /** whether runit runs them */
  readonly isLinked: boolean;
  /** with what the client's file says, and what to do */
  readonly disagreement?: string;
}

/** The services of each client that is enabled or disabled; none without runit. */
export async function servicesOf({
  root,
  config,
}: Pick<Editable, 'root' | 'config'>): Promise<ReadonlyMap<string, ShownServices>> {
  const runit = await findRunit(root);
  if (runit === undefined) return new Map();
  const clients = [
    ...config.clients.map(({ name }) => ({ name, isEnabled: true })),
    ...config.disabled.map(({ name }) => ({ name, isEnabled: false })),
  ];
  const shown = clients.map(async ({ name, isEnabled }) => {
    const found = await readServices(runit, name);
    const wrong = findDisagreement(name, isEnabled, found);
    return [
      name,
      {
        ...{ services: found.names ?? [], isLinked: found.link === 'ours' },
        ...(wrong && { disagreement: `${wrong.message}; ${wrong.hint}` }),
      },
    ] as const;
  });
  return new Map(await Promise.all(shown));
}
