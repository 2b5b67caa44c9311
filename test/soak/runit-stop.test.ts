import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Machine } from '../support/machine.ts';
import { runProcess } from '../support/process.ts';
import { RunitTree } from '../support/runit-tree.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';

test('a daemon that has ended starts again, also while nothing reads its log', async () => {
  const log = join(temporaryDirectory(), 'log');
  execFileSync('mkfifo', [log]);
  const finish = 'deploy/runit/tree/template/services/backup-syncd/finish';
  const line = 'exec 3<>"$1"; timeout 1 yes >&3; exec timeout 60 "$2" -1 15 >&3';

  const ended = await runProcess('sh', ['-c', line, 'sh', log, join(projectDirectory, finish)]);

  expect(ended).toMatchObject({ code: 0, stderr: '' });
});

describeWithTools(['runit', 'overlay'], 'a stop of the runit tree', () => {
  test('waits for a client whose link has just gone', async () => {
    const tree = await RunitTree.on(await Machine.start());
    await tree.addWaiting('ahost', { stop: 'never' });
    await tree.link('ahost');
    tree.begin();
    const { machine } = tree;
    await machine.until(/^sleep 1001$/, 1);
    await tree.unlink('ahost');
    await machine.until(/^sv -w 60 force-shutdown/, 1);

    const stopped = tree.stop();

    await machine.until(/^sv -w 90 force-shutdown/, 1);
    const [last] = await machine.until(/^sleep 1002$/, 1);
    process.kill(last?.pid ?? -1, 'SIGKILL');
    await stopped;
    expect(machine.processes()).toEqual([]);
  });

  test('below the runsvdir of a system is to remove its link there', async () => {
    const tree = await RunitTree.on(await Machine.start());
    await tree.addWaiting('ahost');
    await tree.link('ahost');
    const { machine } = tree;
    await machine.sh(
      'mkdir /srv/service && ln -s /etc/backup-syncd/runit /srv/service/backup-syncd',
    );
    machine.start(['runsvdir', '-P', '/srv/service']);
    await machine.until(/^sleep 1001$/, 1);

    await machine.sh('rm /srv/service/backup-syncd');

    await machine.until(/^(runsv|svlogd|sleep|sv|sh) |runsvdir -P \.\//, 0);
  });
});
