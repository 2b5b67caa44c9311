import * as z from 'zod/mini';
import { audit } from './audit.ts';
import { backends } from './backend.ts';
import { expect } from './expect.ts';
import { listen } from './listen.ts';
import { source } from './source.ts';

/** A file in `clients/`. Missing keys come from the defaults. */
export const client = z
  .strictObject({
    source: z.optional(source),
    expect: z.optional(expect),
    audit: z.optional(audit),
    backends: z.optional(backends),
    listen: z.optional(
      listen({
        description: 'Only for `run CLIENT`: where the exporter of this one client listens.',
      }),
    ),
  })
  .register(z.globalRegistry, {
    title: 'backup-syncd client',
    description: 'clients/NAME.yaml of backup-syncd: one backed-up machine.',
  });
export type ClientFile = z.output<typeof client>;
