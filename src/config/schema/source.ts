import * as z from 'zod';
import { duration, path, truth } from './values.ts';

/** `source:` of a client, or of the defaults; every key may come from either. */
export const source = z
  .strictObject({
    directory: path({
      template: true,
      description: 'The restic repository that the client writes to. Nothing is ever written here.',
      examples: ['/backups/{client}/restic'],
    }).optional(),
    poll: duration({
      example: '1m',
      minMs: 1000,
      maxMs: 7 * 24 * 3600 * 1000,
      description: 'How often the source is looked at. At least 1s, at most 7d.',
      default: '1m',
    }).optional(),
    watch: truth({
      description: 'Let the file system wake the loop early; polling always goes on.',
      default: true,
    }).optional(),
  })
  .meta({ description: 'Where the client backs up to, and how it is watched.' });
