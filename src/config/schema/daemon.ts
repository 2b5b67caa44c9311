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
import { path } from '../../schema/values.ts';

const defaults = z
  .strictObject({
    source: z.optional(source),
    expect: z.optional(expect),
    audit: z.optional(audit),
    restoreCheck: z.optional(restoreCheck),
    backends: z.optional(backends),
  })
  .register(z.globalRegistry, {
    description: 'Settings for every client whose own file does not override them.',
  });

/** backup-syncd.yaml. */
export const daemon = z
  .strictObject({
    listen: z.optional(
      listen({
        description: 'The address for the page, /metrics and the API.',
        default: '127.0.0.1:10987',
      }),
    ),
    stateDirectory: z.optional(
      path({
        template: false,
        description: 'Where the daemon keeps its state, one small file per client.',
        default: '/var/lib/backup-syncd',
      }),
    ),
    runtimeDirectory: z.optional(
      path({
        template: false,
        description: 'Where the control sockets are. Default: run in stateDirectory.',
        examples: ['/run/backup-syncd'],
      }),
    ),
    discover: z.optional(discover),
    allowedHosts: z.optional(hostNames),
    heartbeat: z.optional(heartbeat),
    limits: z.optional(limits),
    defaults: z.optional(defaults),
  })
  .register(z.globalRegistry, {
    title: 'backup-syncd',
    description: 'backup-syncd.yaml of backup-syncd: the daemon, and the defaults of all clients.',
  });
export type DaemonFile = z.output<typeof daemon>;
