import * as z from 'zod/mini';
import { audit } from './audit.ts';
import { backends } from './backend.ts';
import { expect } from './expect.ts';
import { listen } from './listen.ts';
import { restoreCheck } from './restore-check.ts';
import { source } from './source.ts';
import { optionalKeys } from '../../schema/keys.ts';
import { NAME_PATTERN, NAME_RULE, shortText, text, time, truth } from '../../schema/values.ts';

const formerName = text({
  pattern: NAME_PATTERN,
  wanted: `a name; ${NAME_RULE}`,
  description: 'A former name of the client.',
  examples: ['ahost'],
  parse: (given) => ({ value: given }),
});

const disabled = z
  .strictObject(
    optionalKeys({
      reason: shortText({
        description: 'Why the client is disabled.',
        examples: ['the machine is in storage until spring'],
      }),
      since: time({ description: 'Since when.', examples: ['2026-11-29T18:00:00Z'] }),
      by: shortText({ description: 'Who disabled it.', examples: ['anna (1000)'] }),
    }),
  )
  .register(z.globalRegistry, {
    description:
      'Only with `enabled: false`: what `status` and the page show. `client disable` writes it.',
  });

/** A file in `clients/`. Missing keys come from the defaults. */
export const client = z
  .strictObject(
    optionalKeys({
      enabled: truth({
        description:
          'false: the client is disabled. Nothing is done for it, and no alert fires. Its configuration and its state are kept.',
        default: true,
      }),
      disabled,
      formerly: z.array(formerName).register(z.globalRegistry, {
        description:
          'Names that this client had before. Its backends may still carry them. `client rename` writes them.',
      }),
      source,
      expect,
      audit,
      restoreCheck,
      backends,
      listen: listen({
        description: 'Only for `run CLIENT`: where the exporter of this one client listens.',
      }),
    }),
  )
  .register(z.globalRegistry, {
    title: 'backup-syncd client',
    description: 'clients/NAME.yaml of backup-syncd: one backed-up machine.',
  });
export type ClientFile = z.output<typeof client>;
