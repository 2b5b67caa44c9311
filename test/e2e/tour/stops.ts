import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { objectsOf } from '../../support/replica.ts';
import { waitFor } from '../../support/temp.ts';
import { CLIENTS, type Site } from './site.ts';

/** Something that goes wrong. */
export interface Stop {
  readonly name: string;
  /** Answers what helps. */
  readonly breakIt: (site: Site) => Promise<() => Promise<void>>;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export const STOPS: readonly Stop[] = [
  {
    name: 'source-away',
    async breakIt(site) {
      await site.unmount('backups');
      return () => site.mount('backups');
    },
  },
  {
    name: 'disk-unmounted',
    async breakIt(site) {
      await site.unmount('mnt/usb');
      return () => site.mount('mnt/usb');
    },
  },
  {
    name: 'disk-full',
    async breakIt(site) {
      const film = site.fill('mnt/usb');
      const snapshot = await site.backup('web');
      await site.daemon.untilComplete('nas', snapshot, { client: 'web' });
      return async () => {
        rmSync(film);
        await site.untilComplete('web', snapshot);
      };
    },
  },
  {
    name: 'state-disk-full',
    async breakIt(site) {
      const film = site.fill('state', 0);
      await site.untilComplete('web', await site.backup('web'));
      return async () => rmSync(film);
    },
  },
  {
    name: 'pack-deleted-at-backend',
    async breakIt(site) {
      const pack = join(site.replica('mail', 'nas'), packOf(site.source('mail')));
      rmSync(pack);
      await waitFor(() => existsSync(pack), { what: 'the pack to be sent again' });
      return () => Promise.resolve();
    },
  },
  {
    name: 'pack-deleted-at-source',
    async breakIt(site) {
      const pack = packOf(site.source('mail'));
      rmSync(join(site.source('mail'), pack));
      return async () => {
        copyFileSync(join(site.replica('mail', 'nas'), pack), join(site.source('mail'), pack));
        await acknowledge(site, 'mail');
      };
    },
  },
  {
    name: 'pack-deleted-at-both',
    async breakIt(site) {
      const pack = packOf(site.source('mail'));
      rmSync(join(site.replica('mail', 'nas'), pack));
      rmSync(join(site.source('mail'), pack));
      return async () => {
        copyFileSync(join(site.replica('mail', 'usb'), pack), join(site.source('mail'), pack));
        await acknowledge(site, 'mail');
        await site.run('sync', 'mail'); // rather than wait for the retry
      };
    },
  },
  {
    name: 'daemon-killed',
    async breakIt(site) {
      await untilSavedAsWell(site);
      site.daemon.process.killGroup('SIGKILL');
      await site.daemon.process.exited;
      site.clock.set(HOUR); // status is read an hour later
      return () => {
        site.clock.set(0);
        return site.startDaemon();
      };
    },
  },
  {
    name: 'client-file-broken',
    async breakIt(site) {
      writeFileSync(site.syncd.clientFile('web'), 'surce: { directory: /backups/web }\n');
      return async () => site.syncd.writeClient('web', site.settings('web'));
    },
  },
  {
    name: 'daemon-file-broken',
    async breakIt(site) {
      site.syncd.writeDaemon({ limits: { transfers: 0 }, listen: site.address });
      return async () => site.syncd.writeDaemon({ listen: site.address });
    },
  },
  {
    name: 're-initialised',
    async breakIt(site) {
      await site.initialiseAgain('db');
      return async () => {
        site.putOldRepositoryBack('db');
        await acknowledge(site, 'db');
      };
    },
  },
  {
    name: 'log-stalled',
    async breakIt(site) {
      site.log.killGroup('SIGSTOP');
      fillPipe(site.at('log'));
      await site.untilComplete('web', await site.backup('web'));
      return async () => site.log.killGroup('SIGCONT');
    },
  },
  {
    name: 'signals',
    async breakIt(site) {
      for (const signal of ['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const)
        site.daemon.process.kill(signal);
      await site.log.waitForLine(/configuration reloaded/);
      return async () => undefined;
    },
  },
  {
    name: 'clock-wrong',
    async breakIt(site) {
      site.clock.set(2 * DAY);
      return async () => site.clock.set(0);
    },
  },
];

/** The end of the stop before is remembered, too: it is saved within seconds. */
async function untilSavedAsWell(site: Site): Promise<void> {
  const states = CLIENTS.map((client) => join(site.syncd.stateDir, `${client}.json`));
  const isWell = () =>
    states.every((file) => !/"trouble"|"alarms":\[\{/.test(readFileSync(file, 'utf8')));
  await waitFor(isWell, { what: 'the state to be saved' });
}

/** A person ends the alarm once everything is back. */
async function acknowledge(site: Site, client: string): Promise<void> {
  const isBack = async () => (await site.daemon.client(client)).source.state === 'ok';
  await waitFor(isBack, { what: 'the source to be ok' });
  const { code, stderr } = await site.run('ack', client, '--reason', 'it is back');
  if (code !== 0) throw new Error(`ack: ${stderr}`);
}

function packOf(repository: string): string {
  const pack = objectsOf(repository).find((name) => name.startsWith('data/'));
  if (pack === undefined) throw new Error(`no pack in ${repository}`);
  return pack;
}

function fillPipe(path: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    while (writeSync(fd, '#\n'.repeat(2048)) > 0);
  } catch {
    // it is full
  } finally {
    closeSync(fd);
  }
}
