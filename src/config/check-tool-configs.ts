import { backendTraits, placeTraits } from '../kinds/traits.ts';
import type { Probe } from './probe.ts';
import type { ClientConfig, Fault } from './types.ts';
import type { KeyPath } from './yaml-file.ts';

/** A file that defines the remotes of a client, and the key that names it. */
interface ToolConfig {
  readonly client: ClientConfig;
  readonly key: KeyPath;
  readonly path: string;
}

/** The files that the tools of a client's places read, such as rclone.conf. */
export function listToolConfigs(client: ClientConfig): ToolConfig[] {
  const backends = client.backends.flatMap((backend, index) => {
    const { seenAt } = backendTraits(backend);
    if (seenAt === undefined) return [];
    return [{ key: ['backends', index, ...seenAt.key.slice(0, -1)], config: seenAt.config }];
  });
  return [{ key: ['source'], config: client.source }, ...backends].flatMap(({ key, config }) => {
    const { tool } = placeTraits(config);
    return tool?.config === undefined
      ? []
      : [{ client, key: [...key, tool.key], path: tool.config }];
  });
}

/** A warning, as for other paths that may be there later. Without the file, the tool fails at each pass. */
export function checkToolConfig(
  { client, key, path }: ToolConfig,
  probes: ReadonlyMap<string, Probe>,
): Fault[] {
  const wrong = WRONG[probes.get(path)?.found ?? 'unchecked'];
  return wrong === undefined
    ? []
    : [{ client, key, message: `"${path}" ${wrong}`, severity: 'warning' }];
}

const WRONG: Readonly<Partial<Record<Probe['found'], string>>> = {
  missing: 'does not exist; create it, or correct the path',
  directory: 'is a directory; name the file itself',
  hangs: 'does not respond; its file system seems to hang: check the mount',
};
