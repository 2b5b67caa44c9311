import { expect, test } from '@jest/globals';
import { Machine } from '../support/machine.ts';
import { seedRepository } from '../support/restic.ts';
import { RunitTree } from '../support/runit-tree.ts';
import { countForSummary } from '../support/seed.ts';
import { freePort } from '../support/temp.ts';
import { describeWithTools, tool, type Generation } from '../support/tools.ts';
import type { ClientStatus } from '../support/syncd.ts';

/** Tests the purpose of the scripts, with services that only wait. */
export function testStopOfServices(): void {
  describeWithTools(['runit', 'overlay'], 'a link of the runit tree', () => {
    test('without our control/t and finish, services outlive their client; with them, none does', async () => {
      const tree = await RunitTree.on(await Machine.start());
      await tree.addWaiting('naive', { scripts: 'none' });
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

    test('a second TERM disturbs no stop, and a link that dangles no other client', async () => {
      const tree = await RunitTree.on(await Machine.start());
      await tree.addWaiting('ahost', { stop: 'never' });
      await tree.link('nowhere');
      await tree.link('ahost');
      tree.begin();
      const { machine } = tree;
      await machine.until(/^sleep 1001$/, 1);

      await tree.unlink('ahost');
      const [finish] = await machine.until(/^sv -w 60 force-shutdown/, 1);
      const [runsv] = machine.find(/^runsv ahost$/);
      process.kill(runsv?.pid ?? -1, 'SIGTERM');
      const [last] = await machine.until(/^sleep 1002$/, 1);
      expect(machine.find(/^sv -w 60 force-shutdown/)).toEqual([finish]);
      kill(last?.pid);
      await tree.untilNothing();
    }, 300_000);
  });
}

/** Kills the parts of runit itself, with services that only wait. */
export function testKills(): void {
  describeWithTools(['runit', 'overlay'], 'kill -9', () => {
    test('of any process of the tree: the tree is whole again, and a link that is gone leaves nothing', async () => {
      const tree = await startWaiting();

      await killEach(tree, [
        /^sleep 1001$/,
        /^runsv waiting$/,
        /^runsvdir -P .\/services$/,
        /^runsv ahost$/,
        /^runsvdir -P .\/enabled$/,
      ]);
      await tree.unlink('ahost');
      await tree.untilNothing();
    }, 300_000);

    test('of the top level: nothing goes on without it', async () => {
      const tree = await startWaiting();

      const [top] = await tree.machine.until(TOP_RUNSV, 1);
      kill(top?.pid);

      await tree.machine.until(/./, 0);
    });
  });
}

/** Kills a daemon that sends, and its processes. */
export function testKillsOfDaemon(generation: Generation): void {
  const needs = [`${generation}/restic`, `${generation}/rclone`, 'runit', 'overlay'] as const;
  describeWithTools(needs, `kill -9 in a tree with a daemon, rclone of ${generation}`, () => {
    test('the tree is whole again, with one daemon, and a link that is gone leaves nothing', async () => {
      const tree = await startSending(generation);
      const { machine } = tree;

      await killEach(tree, [
        SENDING,
        /^node .* run ahost$/,
        /^svlogd /,
        /^runsv backup-syncd$/,
        /^runsvdir -P .\/services$/,
        /^runsv ahost$/,
        /^runsvdir -P .\/enabled$/,
      ]);
      await machine.until(SENDING, 1);
      await tree.unlink('ahost');
      await tree.untilNothing();
      const [saved] = await statusOf(machine);
      expect(saved?.source).toMatchObject({ state: 'ok', snapshots: 2 });
    }, 600_000);
  });
}

/** By the command, while the daemon sends. */
export function testRename(generation: Generation): void {
  const needs = [`${generation}/restic`, `${generation}/rclone`, 'runit', 'overlay'] as const;
  describeWithTools(needs, 'client rename in a runit tree', () => {
    test('the services stop, move and start under the new name, and what is known stays known', async () => {
      const tree = await startSending(generation);
      const { machine } = tree;

      await machine.sh('backup-syncd client rename ahost bhost');

      await machine.until(/^node .* run bhost$/, 1);
      await machine.until(SENDING, 1);
      expect(machine.find(/ahost$/)).toEqual([]);
      expect(await statusOf(machine)).toMatchObject([
        { client: 'bhost', source: { state: 'ok', snapshots: 2 } },
      ]);
      await machine.sh("backup-syncd client disable bhost --reason 'sold'");
      await tree.untilNothing();
    }, 300_000);
  });
}

const TOP_RUNSV = /^runsv \/etc\/backup-syncd\/runit$/;

async function killEach(tree: RunitTree, victims: readonly RegExp[]): Promise<void> {
  const shape = tree.shape();
  for (const pattern of victims) {
    const [victim] = await tree.machine.until(pattern, 1);
    kill(victim?.pid);
    await tree.untilShape(shape, {
      without: victim?.pid ?? 0,
      after: `kill -9 of ${String(pattern)}`,
    });
    countForSummary('kills', 'a runit tree', 1);
  }
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is no process to kill');
  process.kill(pid, 'SIGKILL');
}

/** A client whose rclone is sending. */
export function testStopOfTransfer(generation: Generation): void {
  const needs = [`${generation}/restic`, `${generation}/rclone`, 'runit', 'overlay'] as const;
  describeWithTools(needs, 'a client of the runit tree', () => {
    test('its link gone, no process of it is left; linked again, it continues from its saved state', async () => {
      const tree = await startSending(generation);
      const { machine } = tree;
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

/** A tree that runs a client whose only service waits. */
async function startWaiting(): Promise<RunitTree> {
  const tree = await RunitTree.on(await Machine.start());
  await tree.addWaiting('ahost');
  await tree.link('ahost');
  tree.begin();
  await tree.machine.until(/^sleep 1001$/, 1);
  return tree;
}

/** A tree that runs a client whose daemon has an rclone that sends. */
async function startSending(generation: Generation): Promise<RunitTree> {
  const tree = await RunitTree.on(await Machine.start({ rclone: tool('rclone', generation) }));
  await addSlowClient(tree, (await seedRepository(generation)).path);
  await tree.link('ahost');
  tree.begin();
  await tree.machine.until(SENDING, 1);
  return tree;
}

const SENDING = /^rclone .*\b(copy|rcat)\b/;

/** Its backend is a remote that takes a minute for what is in the source. */
async function addSlowClient({ machine }: RunitTree, source: string): Promise<void> {
  const client = {
    source: { directory: '/srv/source', poll: '1s' },
    listen: `127.0.0.1:${await freePort()}`,
    backends: [
      {
        name: 'far',
        rclone: 'far:ahost',
        rcloneConfig: '/etc/backup-syncd/rclone.conf',
        bandwidth: '16KiB/s',
        minFree: '0B',
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
