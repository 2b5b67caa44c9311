import { expect, test } from '@jest/globals';
import { Machine } from '../support/machine.ts';
import { seedRepository } from '../support/restic.ts';
import { RunitTree } from '../support/runit-tree.ts';
import { freePort } from '../support/temp.ts';
import { describeWithTools, tool, type Generation } from '../support/tools.ts';
import type { ClientStatus } from '../support/syncd.ts';

/** What the scripts are for, with services that only wait. */
export function testStopOfServices(): void {
  describeWithTools(['runit', 'overlay'], 'a link of the runit tree', () => {
    test('without our control/t and finish, services outlive their client; with them, none does', async () => {
      const tree = await RunitTree.on(await Machine.start());
      await tree.addWaiting('naive', 'none');
      await tree.addWaiting('ahost');
      await tree.link('naive');
      await tree.link('ahost');
      tree.begin();
      const services = await tree.machine.until(/^sleep 1001$/, 2);

      await tree.unlink('ahost');
      await tree.unlink('naive');
      await tree.machine.until(/^(runsv (naive|ahost)|runsvdir -P .\/services)$/, 0);

      const [left, ...others] = await tree.machine.until(/^sleep 1001$/, 1);
      expect(services).toContainEqual(left);
      expect(others).toEqual([]);
      await tree.machine.until(/^runsv waiting$/, 1);
    });
  });
}

/** A client whose rclone is sending. */
export function testStopOfTransfer(generation: Generation): void {
  const needs = [`${generation}/restic`, `${generation}/rclone`, 'runit', 'overlay'] as const;
  describeWithTools(needs, 'a client of the runit tree', () => {
    test('its link gone, no process of it is left; linked again, it continues from its saved state', async () => {
      const machine = await Machine.start({ rclone: tool('rclone', generation) });
      const tree = await RunitTree.on(machine);
      await addSlowClient(tree, (await seedRepository(generation)).path);
      await tree.link('ahost');
      tree.begin();
      await machine.until(SENDING, 1);
      expect(tree.below().map(({ command }) => command)).toContain('runsv backup-syncd');

      await tree.unlink('ahost');
      await tree.untilNothing();
      const [saved] = await statusOf(machine);
      expect(saved?.source).toMatchObject({ state: 'ok', snapshots: 2 });
      const contact = saved?.backends[0]?.lastContact;
      expect(contact).toBeDefined();

      await tree.link('ahost');
      await machine.until(SENDING, 1);
      expect(await tree.stop()).toEqual({ code: 0, signal: null });
      expect(machine.processes()).toEqual([]);
    });
  });
}

const SENDING = /^rclone .*\b(copy|rcat)\b/;

/** Its backend is a remote that takes a minute for what is in the source. */
async function addSlowClient({ machine }: RunitTree, source: string): Promise<void> {
  const client = {
    source: { directory: '/srv/source', poll: '1s' },
    listen: `127.0.0.1:${await freePort()}`,
    backends: [
      {
        ...{ name: 'far', rclone: 'far:ahost', rcloneConfig: '/etc/backup-syncd/rclone.conf' },
        ...{ bandwidth: '16KiB/s', minFree: '0B' },
      },
    ],
  };
  await machine.sh(`cd /etc/backup-syncd
    echo 'stateDirectory: /var/lib/backup-syncd' > backup-syncd.yaml
    echo '${JSON.stringify(client)}' > clients/ahost.yaml
    printf '[far]\ntype = alias\nremote = /srv/far\n' > rclone.conf
    cp -r '${source}' /srv/source
    install -d -o backup-syncd -m 700 /var/lib/backup-syncd /srv/far
    chown -R backup-syncd /srv/source
    cp -r runit/template runit/clients/ahost
    setpriv --reuid backup-syncd --regid backup-syncd --init-groups backup-syncd backend init ahost far`);
}

async function statusOf(machine: Machine): Promise<readonly ClientStatus[]> {
  const { stdout } = await machine.run(['backup-syncd', 'status', '--json']);
  return (JSON.parse(stdout) as { clients: ClientStatus[] }).clients;
}
