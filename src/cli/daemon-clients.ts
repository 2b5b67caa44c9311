import { formatProblem } from '../config/problem.ts';
import type { Config, ConfigProblem } from '../config/types.ts';

/** All clients of a configuration, including disabled and refused ones. */
export function allNames(
  { clients, disabled }: Config,
  refused: ReadonlyMap<string, unknown> = new Map(),
): string[] {
  return [...[...clients, ...disabled].map(({ name }) => name), ...refused.keys()];
}

/** A configuration with this client only. What is found is for the daemon of all clients to report. */
export function selectClient(config: Config, name: string | undefined): Config {
  if (name === undefined) return config;
  const isSelected = (client: { readonly name: string }) => client.name === name;
  const { discovery: _, clients, disabled, ...rest } = config;
  return { ...rest, clients: clients.filter(isSelected), disabled: disabled.filter(isSelected) };
}

/** Why the configuration of each client is refused, or of one client if a name is given. */
export function describeAll(
  problems: ReadonlyMap<string, readonly ConfigProblem[]>,
  name?: string,
): Map<string, string> {
  return new Map(
    [...problems]
      .filter(([client]) => name === undefined || client === name)
      .map(([client, list]) => [client, list.map(formatProblem).join('; ')]),
  );
}
