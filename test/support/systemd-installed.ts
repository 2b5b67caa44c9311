import { expect } from '@jest/globals';
import { commandsIn } from './document.ts';
import { SystemdHost } from './systemd-host.ts';

export const UNIT = 'backup-syncd';
export const CLIENT = '/etc/backup-syncd/clients/ahost.yaml';
export const SOURCE = '/backups/ahost';
export const PASSWORD = '/etc/backup-syncd/secrets/ahost';
const RESTIC = `restic --quiet --repo ${SOURCE} --password-file ${PASSWORD}`;
const DEFAULTS =
  "listen: 127.0.0.1:0\ndefaults: { backends: [{ name: nas, directory: '/mnt/nas/{client}', minFree: 0B }] }";

const commands = commandsIn('docs/systemd.md');

/** The commands of a section of docs/systemd.md. */
export const typed = (section: string): string => commands.get(section) ?? `no section ${section}`;

/** A host on which somebody has typed docs/systemd.md, and then configured a client with a repository and a disk at /mnt/nas. */
export async function installBySystemdManual(): Promise<SystemdHost> {
  const host = await SystemdHost.boot();
  const install = typed('Install').replace(' && npm ci && npm run build', ''); // it is built
  await host.run(`mkdir -p ${SOURCE}\n${install}\n${typed('Disks')}`);
  const { stdout } = await host.tryRun('id --name --groups backup-syncd');
  expect(stdout.trim().split(' ').sort()).toEqual(['backup', 'backup-syncd']);
  // there is no configuration yet, and that is no reason to fail
  expect(await host.run(typed('Start'))).toContain('Active: active (running)');

  host.write('/etc/backup-syncd/backup-syncd.yaml', DEFAULTS);
  host.write(CLIENT, JSON.stringify({ source: { directory: SOURCE, poll: '5s' } }));
  await host.run(`
    mkdir -p /mnt/nas /disks
    mount -t tmpfs -o size=100m tmpfs /disks && mkdir /disks/nas && mount --bind /disks/nas /mnt/nas
    echo secret >${PASSWORD} && chmod 600 ${PASSWORD}
    ${RESTIC} init && ${RESTIC} backup /etc/passwd /usr/bin/passwd`);
  const permissions = commandsIn('docs/operations.md').get('As a service') ?? '';
  await host.run(permissions.slice(permissions.indexOf('chgrp -R backup /backups/ahost')));
  return host;
}
