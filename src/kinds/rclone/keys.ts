import { DAY_MS } from '../../runtime/units.ts';
import { duration, path } from '../../schema/values.ts';

/** The keys that may stand beside `rclone:`. Each part of the configuration decides what they do there. */

export function rcloneConfig(description: string) {
  return path({ template: false, description, examples: ['/etc/backup-syncd/rclone.conf'] });
}

export function probeEvery(description: string) {
  return duration({
    example: '1h',
    minMs: 1000,
    maxMs: 7 * DAY_MS,
    description,
    default: '1h',
  });
}

export function listEvery(description: string) {
  return duration({
    example: '24h',
    minMs: 60_000,
    maxMs: 90 * DAY_MS,
    description,
    examples: ['7d'],
  });
}
