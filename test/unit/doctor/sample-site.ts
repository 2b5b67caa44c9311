import type { Site } from '../../../src/doctor/site.ts';

/** A set-up without clients. */
export function sampleSite(changes: Partial<Site> = {}): Site {
  return {
    problems: [],
    places: [],
    units: [],
    ownDirectories: [],
    now: 0,
    stateDirectory: '/var/lib/backup-syncd',
    user: { uid: 0, words: 'user root (uid 0)', isDaemon: true },
    ...changes,
  };
}
