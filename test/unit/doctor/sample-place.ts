import type { Place } from '../../../src/doctor/site.ts';

/** A place of `ahost` for judgements. */
export function samplePlace(changes: Partial<Place> = {}): Place {
  return {
    client: 'ahost',
    place: 'nas',
    role: 'backend',
    minFreeBytes: 0,
    wasComplete: false,
    traits: {
      label: '/srv/nas',
      isDirectory: true,
      isRemote: false,
      tool: undefined,
      probeEveryMs: undefined,
      listEveryMs: undefined,
      restic: { label: '/srv/nas', repository: '/srv/nas', variables: () => ({}) },
      commandToDelete: () => '',
      commandToDeleteAll: '',
    },
    open: () => {
      throw new Error('a judgement opens nothing');
    },
    ...changes,
  };
}
