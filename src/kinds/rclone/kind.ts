import { rcloneEnvironment } from '../../locations/rclone/environment.ts';
import { optional } from '../../runtime/optional.ts';
import { HOUR_MS } from '../../runtime/units.ts';
import { rate } from '../../schema/values.ts';
import { defineRole, type Build, type Kind, type PlaceTraits } from '../kind.ts';
import { marked } from '../marked.ts';
import { quoted } from '../quoted.ts';
import type { RcloneConfig } from './config.ts';
import { listEvery, probeEvery, rcloneConfig } from './keys.ts';
import { remote } from './remote.ts';

/** A remote of rclone. */
export const rclone: Kind = {
  name: 'rclone',
  example: 'rclone: REMOTE:PATH',
  place: {
    traits: (config) => traitsOf(config as RcloneConfig),
    load: async () => import('./open.ts'),
  },
  source: {
    ...defineRole('rclone', {
      keys: () => ({
        rclone: remote({
          description:
            'An rclone remote, and the path of the repository there. Use instead of directory. backup-syncd never writes there.',
          examples: ['s3:bucket/{client}'],
        }),
        rcloneConfig: rcloneConfig(
          'The rclone.conf that defines the remote. Without it, the environment must define the remote (RCLONE_CONFIG_NAME_TYPE and so on).',
        ),
      }),
      build,
    }),
    watch: () => ({ directory: undefined, isPossible: false }), // a remote does not report changes
  },
  backend: marked(
    defineRole('rclone', {
      keys: () => ({
        rclone: remote({
          description:
            'An rclone remote, and the path of the replica there. Use instead of directory.',
          examples: ['b2:bucket/{client}'],
        }),
        rcloneConfig: rcloneConfig(
          'The rclone.conf that defines the remote. Without it, the environment must define the remote (RCLONE_CONFIG_NAME_TYPE and so on).',
        ),
        bandwidth: rate({
          example: '4MiB/s',
          description:
            'The maximum rate at which objects are sent to an rclone backend. Default: no limit.',
          examples: ['4MiB/s'],
        }),
        probeEvery: probeEvery(
          'How often an rclone backend is checked (two requests) when there is nothing to send.',
        ),
        listEvery: listEvery('How often this backend is audited, if not as audit.every says.'),
      }),
      build: (
        { bandwidth, probeEvery: probeEveryMs = HOUR_MS, listEvery: listEveryMs, ...given },
        how,
      ) => ({
        ...build(given, how),
        probeEveryMs,
        ...optional({ bandwidth, listEveryMs }),
      }),
    }),
  ),
  verified: defineRole('rclone', {
    keys: () => ({
      rclone: remote({
        description: 'An rclone remote, and the path there. Use instead of directory.',
        examples: ['b2:bucket/{client}'],
      }),
      rcloneConfig: rcloneConfig(
        'The rclone.conf that defines the remote. Without it, the environment must define the remote.',
      ),
      probeEvery: probeEvery(
        'How often `snapshots/` at the remote is checked when nothing is new.',
      ),
    }),
    build: ({ probeEvery: probeEveryMs = HOUR_MS, ...given }, how) => ({
      ...build(given, how),
      probeEveryMs,
    }),
  }),
};

interface GivenRemote {
  readonly rclone: string;
  readonly rcloneConfig?: string | undefined;
}

function build({ rclone: at, rcloneConfig: file }: GivenRemote, { fill }: Build): RcloneConfig {
  return { kind: 'rclone', rclone: fill(at), ...optional({ rcloneConfig: file }) };
}

function traitsOf(config: RcloneConfig): PlaceTraits {
  const { rclone: label, rcloneConfig: file, probeEveryMs = HOUR_MS } = config;
  const root = /[:/]$/.test(label) ? label : `${label}/`;
  const option = file === undefined ? '' : ` --config ${quoted(file)}`;
  return {
    label,
    isDirectory: false,
    isRemote: true,
    probeEveryMs,
    listEveryMs: config.listEveryMs,
    tool: { name: 'rclone', key: 'rcloneConfig', config: file },
    restic: {
      label,
      repository: `rclone:${label}`,
      variables: (env) => rcloneEnvironment(env, file),
    },
    commandToDeleteAll: `rclone${option} purge ${quoted(label)}`,
    commandToDelete: (path) => `rclone${option} deletefile ${quoted(`${root}${path}`)}`,
  };
}
