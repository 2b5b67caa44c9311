import { scriptDirectory } from '../../backends/script/acceptance.ts';
import { ScriptBackend } from '../../backends/script/script-backend.ts';
import { ScriptSender } from '../../work/script/script-sender.ts';
import type { OpenBackend, OpenedBackend } from '../opening.ts';
import type { PlaceConfig } from '../place-config.ts';
import type { ScriptConfig } from './config.ts';

export function open(
  config: PlaceConfig,
  { owner, log, scripts, isRemote, openLocation }: OpenBackend,
): OpenedBackend {
  const { script: command, deadlineMs, verify } = config as ScriptConfig;
  const { runtimeDirectory, files, env } = scripts;
  const directory = scriptDirectory(runtimeDirectory, owner);
  const backend = new ScriptBackend({
    owner,
    isRemote,
    files: { directory, files },
    verify: verify && openLocation(verify, 'verified'),
  });
  const script = { command, deadlineMs, directory, files, log, env };
  return { backend, sender: new ScriptSender({ backend, script }) };
}
