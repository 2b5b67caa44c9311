import * as z from 'zod/mini';
import { backends } from './backend.ts';
import { expect } from './expect.ts';
import { heartbeat } from './heartbeat.ts';
import { limits } from './limits.ts';
import { listen } from './listen.ts';
import { hostNames } from './host-names.ts';
import { source } from './source.ts';
import { path } from './values.ts';

const defaults = z
  .strictObject({
    source: z.optional(source),
    expect: z.optional(expect),
    backends: z.optional(backends),
  })
  .register(z.globalRegistry, {
    description: 'What holds for every client whose file does not say otherwise.',
  });

/** backup-syncd.yaml. */
export const daemon = z
  .strictObject({
    listen: z.optional(
      listen({
        description: 'Where the page, /metrics and the API listen.',
        default: '127.0.0.1:10987',
      }),
    ),
    stateDirectory: z.optional(
      path({
        template: false,
        description: 'Where the daemon remembers what it has seen, one small file per client.',
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
