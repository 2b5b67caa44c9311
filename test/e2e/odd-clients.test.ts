import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { failingCall } from '../support/fail-calls.ts';
import { runProcess } from '../support/process.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { waitFor } from '../support/temp.ts';
import { describeWithTools, pathWith } from '../support/tools.ts';

const EACCES = 13;

describeWithTools(['newest/restic', 'newest/rclone', 'fail-calls'], 'one odd client', () => {
  test('no file, name, source, state or remote of one client stops the replication of another', async () => {
    const seed = await seedRepository('newest');
    const syncd = await Syncd.create({ source: seed.path, backends: ['near'] });
    const clients = join(syncd.configDir, 'clients');
    const source = (name: string) => join(syncd.directory, name);

    mkdirSync(join(clients, 'dir.yaml'));
    symlinkSync('/nowhere/at/all', join(clients, 'dangling.yaml'));
    await runProcess('mkfifo', [join(clients, 'fifo.yaml'), source('pipe')]);
    writeFileSync(join(clients, 'binary.yaml'), Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    for (const name of ['a host', '-x', '\u001B[2Jx', 'ünï', '__proto__', 'constructor'])
      writeFileSync(
        join(clients, `${name}.yaml`),
        'source: { directory: /nowhere }\nbackends: []\n',
      );
    syncd.writeClient('pipe', { source: source('pipe'), backends: ['far'] });
    syncd.writeClient('noconf', {
      source: (await seedRepository('newest')).path,
      backends: [],
      remotes: { b2: { rclone: 'b2:bucket/noconf', rcloneConfig: source('missing.conf') } },
    });
    mkdirSync(source('denied'));
    syncd.writeClient('denied', { source: source('denied'), backends: [] });
    const denied = join(syncd.stateDir, 'denied.json');
    const env = failingCall('open', EACCES, { path: denied });

    const daemon = await syncd.start(['run'], { env: { PATH: pathWith('newest'), ...env } });

    await daemon.untilComplete('near', 2);
    const running = (await daemon.clients()).map(({ client }) => client);
    expect(running).toEqual(['ahost', 'constructor', 'noconf', 'pipe']);
    await waitFor(async () => (await daemon.client('pipe')).source.state === 'not_a_repository', {
      what: 'the source that is a pipe',
    });
    await daemon.until('b2', ({ reason }) => reason !== undefined, { client: 'noconf' });
    const page = (await daemon.get('/')).replaceAll(/\s+/g, ' ');
    for (const name of ['dir', 'dangling', 'fifo', 'binary', 'denied', 'a host', '-x', 'ünï'])
      expect(page).toContain(`>${name}</a>`);
    expect(page).toContain('it was refused and does not run');
    expect(page).toMatch(/cannot read \S+denied\.json/);
    expect(page).not.toContain('\u001B');

    const status = await syncd.here(['status']);
    expect(status.stdout).toMatch(/^ahost +ok +2 /m);
    expect(status.stdout + status.stderr).not.toContain('\u001B');
    const checked = await syncd.cli(['check-config']);
    expect(checked.code).toBe(78);
    expect(checked.stderr).not.toContain('\u001B');
  }, 90_000);
});
