import { path, truth } from '../../schema/values.ts';
import { defineRole, type Kind, type PlaceTraits } from '../kind.ts';
import { marked } from '../marked.ts';
import { quoted } from '../quoted.ts';
import type { DirectoryConfig } from './config.ts';

/** A directory of this machine, whatever is mounted there. */
export const directory: Kind = {
  name: 'directory',
  example: 'directory: PATH',
  place: {
    traits: (config) => traitsOf(config as DirectoryConfig),
    load: async () => import('./open.ts'),
  },
  source: {
    ...defineRole('directory', {
      keys: () => ({
        directory: path({
          template: true,
          description:
            'The restic repository that the client writes to. backup-syncd never writes there.',
          examples: ['/backups/{client}/restic'],
        }),
        watch: truth({
          description:
            'Also check the source as soon as the file system reports a change. Polling always continues. Only for directories.',
          default: true,
        }),
      }),
      build: ({ directory: at, watch = true }, { fill }) => of({ directory: fill(at), watch }),
    }),
    watch: (config) => {
      const { directory: at, watch } = config as DirectoryConfig;
      return { directory: watch === true ? at : undefined, isPossible: true };
    },
  },
  backend: marked(
    defineRole('directory', {
      keys: () => ({
        directory: path({
          template: true,
          description: 'The directory that holds the replica.',
          examples: ['/mnt/nas/restic/{client}'],
        }),
      }),
      build: ({ directory: at }, { fill }) => of({ directory: fill(at) }),
    }),
  ),
  verified: defineRole('directory', {
    keys: () => ({
      directory: path({
        template: true,
        description: 'The directory that the script copies to.',
        examples: ['/mnt/nas/restic/{client}'],
      }),
    }),
    build: ({ directory: at }, { fill }) => of({ directory: fill(at) }),
  }),
};

function of(config: Omit<DirectoryConfig, 'kind'>): DirectoryConfig {
  return { kind: 'directory', ...config };
}

function traitsOf({ directory: label, listEveryMs }: DirectoryConfig): PlaceTraits {
  return {
    label,
    isDirectory: true,
    isRemote: false,
    tool: undefined,
    probeEveryMs: undefined,
    listEveryMs,
    restic: { label, repository: label, variables: () => ({}) },
    commandToDelete: (file) => `rm -f -- ${quoted(`${label}/${file}`)}`,
    commandToDeleteAll: `rm -rf -- ${quoted(label)}`,
  };
}
