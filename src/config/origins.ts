import type { Checked } from './check-file.ts';
import type { Candidate } from './cross-check.ts';
import { formatPath, problemAt } from './issues.ts';
import { blame, type Layers } from './layers.ts';
import type { DaemonFile } from './schema/daemon.ts';
import type { ClientFault, ConfigProblem, DaemonFault, Origins } from './types.ts';

/** The positions of the values of these clients and of backup-syncd.yaml. */
export function originsOf(candidates: readonly Candidate[], daemon: Checked<DaemonFile>): Origins {
  const clients = new Map(candidates.map(({ client, layers }) => [client, layers]));
  return {
    locate(fault) {
      const problem =
        'keys' in fault ? ofDaemon(fault, daemon) : ofClient(fault, clients.get(fault.client));
      return fault.severity === undefined ? problem : { ...problem, severity: fault.severity };
    },
  };
}

function ofClient({ client, key, message }: ClientFault, layers?: Layers): ConfigProblem {
  if (layers !== undefined) return blame(layers, key, message);
  return { file: client.file, line: 0, column: 0, key: formatPath(key), message };
}

function ofDaemon({ keys, message }: DaemonFault, { file }: Checked<DaemonFile>): ConfigProblem {
  const key = keys.find((each) => file.locate([each]) !== undefined) ?? keys[0] ?? '';
  if (file.locate([key]) !== undefined) return problemAt(file, [key], message);
  return { file: 'backup-syncd.yaml', line: 0, column: 0, key, message };
}
