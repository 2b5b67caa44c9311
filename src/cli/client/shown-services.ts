import { findDisagreement } from '../../runit/disagreement.ts';
import { findRunit, readServices } from '../../runit/tree.ts';
import { errorMessage } from '../../runtime/system-error.ts';
import type { Editable } from '../editable.ts';

/** The services of a client, as commands show them. */
export interface ShownServices {
  /** by name, also those of the operator; absent if that is unknown */
  readonly services?: readonly string[];
  /** whether runit runs them; absent if that is unknown */
  readonly isLinked?: boolean;
  /** with what the client's file says, and what to do, or why that is unknown */
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
  const shown = clients.map(
    async (client) => [client.name, await servicesIn(runit, client)] as const,
  );
  return new Map(await Promise.all(shown));
}

async function servicesIn(
  runit: string,
  { name, isEnabled }: { readonly name: string; readonly isEnabled: boolean },
): Promise<ShownServices> {
  try {
    const found = await readServices(runit, name);
    const wrong = findDisagreement(name, isEnabled, found);
    return {
      services: found.names ?? [],
      isLinked: found.link === 'ours',
      ...(wrong && { disagreement: `${wrong.message}; ${wrong.hint}` }),
    };
  } catch (error) {
    return { disagreement: `it is unknown whether runit runs ${name}: ${errorMessage(error)}` };
  }
}
