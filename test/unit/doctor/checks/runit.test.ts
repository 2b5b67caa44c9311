import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { judgeRunit, type RunitFacts } from '../../../../src/doctor/checks/runit.ts';
import type { ClientConfig, DisabledClient } from '../../../../src/config/types.ts';
import { Site } from '../../../support/site.ts';
import { describeWithTools, projectDirectory } from '../../../support/tools.ts';

const listen = { host: '127.0.0.1', port: 10_987 };
const on = (name: string, port: number) => ({ name, listen: { ...listen, port } }) as ClientConfig;
const names = ['backup-syncd', 'minio'];
const off = (name: string): DisabledClient => ({ name, file: `clients/${name}.yaml` });

function facts(changes: Partial<RunitFacts> = {}): RunitFacts {
  return {
    runit: '/etc/backup-syncd/runit',
    strangers: [],
    links: [],
    writable: [],
    config: { clients: [on('a', 1), on('b', 2)], disabled: [off('c')], listen },
    services: new Map([
      ['a', { link: 'ours', names }],
      ['b', { link: 'ours', names }],
      ['c', { link: 'none' }],
    ]),
    ...changes,
  };
}

test('links that are as the files of clients say', () => {
  expect(judgeRunit(facts())).toEqual([
    { severity: 'ok', message: '2 links in /etc/backup-syncd/runit/enabled, as files say' },
  ]);
});

test('links that are not, each with the command that makes it follow', () => {
  const services: RunitFacts['services'] = new Map([
    ['a', { link: 'none', names }],
    ['b', { link: 'ours', names }],
    ['c', { link: 'ours', names }],
  ]);
  expect(judgeRunit(facts({ services, strangers: ['d'] }))).toMatchObject([
    { severity: 'error', client: 'a', hint: 'run: backup-syncd client enable a' },
    { severity: 'error', client: 'c', hint: 'run: backup-syncd client disable c --reason TEXT' },
    {
      severity: 'warning',
      message: 'runit runs d, which is no client',
      hint: "as root, run: rm -- '/etc/backup-syncd/runit/enabled/d'",
    },
  ]);
});

test('two daemons at one address are one finding', () => {
  const config = { clients: [on('a', 1), on('b', 1)], disabled: [], listen };
  expect(judgeRunit(facts({ config, services: new Map() }))).toMatchObject([
    {
      severity: 'error',
      client: 'a',
      message: 'its daemon and that of b listen at the same address, 127.0.0.1:1',
    },
  ]);
});

test('scripts that others can change, and the directory above', () => {
  const tree = '/etc/backup-syncd/runit';
  const [found] = judgeRunit(facts({ writable: [`${tree}/run`, `${tree}/finish`] }));
  expect(found?.message).toBe(`another user than root can change ${tree}/run, and 1 other path`);
  expect(found?.hint).toContain(`chown -R root '${tree}' && chmod -R go-w '${tree}'`);

  const [above] = judgeRunit(facts({ writable: ['/etc/backup-syncd'] }));
  // the group stays, because through it the daemon reads its configuration
  expect(above?.hint).toContain("chown root '/etc/backup-syncd' && chmod go-w '/etc/");
});

describeWithTools(['root'], 'doctor beside a runit tree', () => {
  test('what is wrong is found, and the commands that it names correct it', async () => {
    const site = await Site.synced();
    const { configDir } = site.syncd;
    const tree = join(configDir, 'runit');
    const findings = async () => {
      const { stdout } = await site.run('doctor', '--json');
      const { findings: all } = JSON.parse(stdout) as {
        findings: { check: string; severity: string; message: string; hint?: string }[];
      };
      return all.filter(({ check }) => check === 'runit');
    };
    expect(await findings()).toEqual([]);
    cpSync(join(projectDirectory, 'deploy/runit/tree'), tree, { recursive: true });
    chownSync(configDir, 0, 0);

    expect(await findings()).toMatchObject([{ hint: 'run: backup-syncd client enable ahost' }]);
    await site.must('client', 'enable', 'ahost');
    expect(await findings()).toMatchObject([{ severity: 'ok' }]);

    const run = join(tree, 'clients/ahost/services/backup-syncd/run');
    mkdirSync(join(tree, 'supervise'), { mode: 0o777 }); // runsv looks after its own
    chmodSync(join(tree, 'supervise'), 0o777);
    chownSync(run, 65_534, 65_534);
    expect(await findings()).toMatchObject([{ severity: 'error' }]);
    chownSync(run, 0, 0);
    chmodSync(run, 0o757);
    expect(await findings()).toMatchObject([{ severity: 'error' }]);
    chmodSync(run, 0o755);
    execFileSync('chown', ['-R', '65534:65534', configDir]); // to the daemon's user, a usual mistake
    for (const path of [configDir, tree]) {
      const [{ severity, hint = '' } = {}] = await findings();
      expect({ severity, hint }).toMatchObject({
        severity: 'error',
        hint: expect.stringContaining(`'${path}'`),
      });
      execFileSync('sh', ['-c', hint.split('as root, run: ')[1] ?? 'false']);
    }
    expect(statSync(configDir)).toMatchObject({ uid: 0, gid: 65_534 });

    const script = join(configDir, 'run');
    writeFileSync(script, '');
    chownSync(script, 65_534, 65_534);
    renameSync(run, `${run}.before`);
    symlinkSync(script, run);
    expect(await findings()).toMatchObject([{ severity: 'error' }]);
    renameSync(`${run}.before`, run);

    for (const place of ['clients', 'clients/ahost', 'enabled']) {
      const path = join(tree, place);
      const elsewhere = join(configDir, 'elsewhere');
      renameSync(path, elsewhere);
      symlinkSync(elsewhere, path);
      expect(await findings()).toContainEqual(
        expect.objectContaining({
          ...{
            severity: 'error',
            message: expect.stringContaining(`${path} is a link`) as unknown,
          },
        }),
      );
      rmSync(path);
      renameSync(elsewhere, path);
    }

    const services = join(tree, 'clients/ahost/services');
    renameSync(services, `${services}.before`);
    expect(await findings()).toMatchObject([
      {
        severity: 'error',
        message: expect.stringContaining('runit runs no daemon for it') as unknown,
      },
    ]);
    renameSync(`${services}.before`, services);
    rmSync(join(tree, 'clients/ahost'), { recursive: true });
    const [{ hint: make = '' } = {}] = await findings();
    await site.must(...(make.split('backup-syncd ')[1] ?? '').split(' '));

    symlinkSync('../clients/ahost', join(tree, 'enabled/stranger'));
    expect(await findings()).toMatchObject([{ severity: 'warning' }]);
    rmSync(join(tree, 'enabled/stranger'));
    expect(await findings()).toMatchObject([{ severity: 'ok' }]);
  });
});
