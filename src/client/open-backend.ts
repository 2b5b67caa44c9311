import type { Backend } from '../backends/backend.ts';
import type { MarkerOwner } from '../backends/marker.ts';
import { RawBackend } from '../backends/raw-backend.ts';
import { RawSender } from '../work/sync/raw-sender.ts';
import { scriptDirectory, type ScriptFiles } from '../backends/script/acceptance.ts';
import { ScriptBackend } from '../backends/script/script-backend.ts';
import { ScriptSender } from '../work/script/script-sender.ts';
import type { Sender } from '../work/sender.ts';
import type { BackendConfig, ScriptBackendConfig } from '../config/types.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import type { OpenLocation } from './surroundings.ts';

/** What the scripts of backends are given. */
export interface ScriptSurroundings extends Pick<ScriptFiles, 'files'> {
  /** where their lists are written, each in a directory of its own */
  readonly runtimeDirectory: string;
  /** of this process; they get an allow-listed part of it */
  readonly env: NodeJS.ProcessEnv;
}

/** What is known of a backend, and what brings views there. */
export interface OpenedBackend {
  readonly backend: Backend;
  readonly sender: Sender;
}

interface Opening {
  readonly owner: MarkerOwner;
  readonly log: Log;
  readonly scripts: ScriptSurroundings;
  readonly open: (place: Parameters<OpenLocation>[0]) => Location;
}

/** Opens a backend of any kind. */
export function openBackend(config: BackendConfig, opening: Opening): OpenedBackend {
  if (config.kind === 'script') return openScript(config, opening);
  const { owner, log, open } = opening;
  const backend = new RawBackend({ owner, location: open({ config, role: 'backend', log }) });
  return { backend, sender: new RawSender(backend) };
}

function openScript(
  { script: command, deadlineMs, verify }: ScriptBackendConfig,
  { owner, log, scripts, open }: Opening,
): OpenedBackend {
  const { runtimeDirectory, files, env } = scripts;
  const directory = scriptDirectory(runtimeDirectory, owner);
  const backend = new ScriptBackend({
    ...{ owner, files: { directory, files } },
    verify: verify && open({ config: verify, role: 'verified', log }),
  });
  const script = { command, deadlineMs, directory, files, log, env };
  return { backend, sender: new ScriptSender({ backend, script }) };
}
