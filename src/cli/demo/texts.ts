import { quoted } from '../../kinds/quoted.ts';
import { BACKENDS, CLIENT, type Home } from './home.ts';

export interface Opening {
  readonly snapshots: number;
  readonly url: string;
  /** the default port was taken, so this is another one */
  readonly isOther: boolean;
}

/** The text that says what the demo is going to do. */
export function introduction({ snapshots, url, isOther }: Opening): string[] {
  return [
    `A laptop backs up with restic: ${snapshots} snapshots arrive one by one, each object in the order in which restic writes it.`,
    `The daemon copies them to ${BACKENDS.length} backends, ${BACKENDS.join(' and ')}, and calls a snapshot complete`,
    'only when it has proof that everything the snapshot needs is there. All places are on one disk here: fine for a demo only.',
    '',
    `  page       ${url}${isOther ? '   (a free port, because the default is taken)' : ''}`,
    '',
  ];
}

export interface Closing {
  readonly home: Home;
  readonly url: string;
  readonly password: string;
  readonly snapshots: number;
  /** how this program was started: the path of its main file */
  readonly program: string;
}

/** The text that says where to look, with commands to copy. */
export function closing({ home, url, password, snapshots, program }: Closing): string[] {
  const command = `node ${quoted(program)}`;
  const config = `--config-dir ${quoted(home.config)}`;
  const nas = quoted(home.backend(BACKENDS[0]));
  return [
    '',
    `All ${snapshots} snapshots are complete in ${BACKENDS.length + 1} places, and the daemon keeps running. Look at it:`,
    '',
    `  page       ${url}`,
    `  metrics    ${url}metrics`,
    '',
    'In another terminal:',
    '',
    `  status     ${command} status ${config}`,
    `  snapshots  ${command} snapshots ${CLIENT} ${config}`,
    `  restic     RESTIC_PASSWORD=${quoted(password)} restic check --no-cache --no-lock -r ${nas}`,
    `  lose it    rm -rf ${nas}/data/*   and watch it come back within seconds`,
    '',
    `Ctrl-C stops it and removes ${home.root}.`,
  ];
}
