import * as z from 'zod';
import { backends } from './backend.ts';
import { expect } from './expect.ts';
import { heartbeat } from './heartbeat.ts';
import { limits } from './limits.ts';
import { listen } from './listen.ts';
import { source } from './source.ts';
import { path } from './values.ts';

const defaults = z
  .strictObject({
    source: source.optional(),
    expect: expect.optional(),
    backends: backends.optional(),
  })
  .meta({ description: 'What holds for every client whose file does not say otherwise.' });

/** backup-syncd.yaml. */
export const daemon = z
  .strictObject({
    listen: listen({
      description: 'Where the page, /metrics and the API listen.',
      default: '127.0.0.1:10987',
    }).optional(),
    stateDirectory: path({
      template: false,
      description: 'Where the daemon remembers what it has seen, one small file per client.',
      default: '/var/lib/backup-syncd',
    }).optional(),
    runtimeDirectory: path({
      template: false,
      description: 'Where the control sockets are. Default: run in stateDirectory.',
      examples: ['/run/backup-syncd'],
    }).optional(),
    heartbeat: heartbeat.optional(),
    limits: limits.optional(),
    defaults: defaults.optional(),
  })
  .meta({
    title: 'backup-syncd',
    description: 'backup-syncd.yaml of backup-syncd: the daemon, and the defaults of all clients.',
  });
export type DaemonFile = z.output<typeof daemon>;
