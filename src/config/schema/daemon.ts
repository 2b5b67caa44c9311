import * as z from 'zod/mini';
import { audit } from './audit.ts';
import { backends } from './backend.ts';
import { discover } from './discover.ts';
import { expect } from './expect.ts';
import { heartbeat } from './heartbeat.ts';
import { limits } from './limits.ts';
import { listen } from './listen.ts';
import { hostNames } from './host-names.ts';
import { restoreCheck } from './restore-check.ts';
import { source } from './source.ts';
import { optionalKeys } from '../../schema/keys.ts';
import { path } from '../../schema/values.ts';

const defaults = z
  .strictObject(
    optionalKeys({
      source,
      expect,
      audit,
      restoreCheck,
      backends,
    }),
  )
  .register(z.globalRegistry, {
    description: 'Settings for every client whose own file does not override them.',
  });

/** backup-syncd.yaml. */
export const daemon = z
  .strictObject(
    optionalKeys({
      listen: listen({
        description: 'The address for the page, /metrics and the API.',
        default: '127.0.0.1:10987',
      }),
      stateDirectory: path({
        template: false,
        description: 'Where the daemon keeps its state, one small file per client.',
        default: '/var/lib/backup-syncd',
      }),
      runtimeDirectory: path({
        template: false,
        description: 'Where the control sockets are. Default: run in stateDirectory.',
        examples: ['/run/backup-syncd'],
      }),
      discover,
      allowedHosts: hostNames,
      heartbeat,
      limits,
      defaults,
    }),
  )
  .register(z.globalRegistry, {
    title: 'backup-syncd',
    description: 'backup-syncd.yaml of backup-syncd: the daemon, and the defaults of all clients.',
  });
export type DaemonFile = z.output<typeof daemon>;
