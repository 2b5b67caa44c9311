import * as z from 'zod';
import { backends } from './backend.ts';
import { expect } from './expect.ts';
import { listen } from './listen.ts';
import { source } from './source.ts';

/** A file of `clients/`. What it leaves out comes from the defaults. */
export const client = z
  .strictObject({
    source: source.optional(),
    expect: expect.optional(),
    backends: backends.optional(),
    listen: listen({
      description: 'Only for `run CLIENT`: where the exporter of this one client listens.',
    }).optional(),
  })
  .meta({
    title: 'backup-syncd client',
    description: 'clients/NAME.yaml of backup-syncd: one backed-up machine.',
  });
export type ClientFile = z.output<typeof client>;
