import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import {
  DebianHost,
  debianPackage,
  IMAGES,
  otherVersion,
  packageOfCommit,
  requiredPackages,
  type DebianRelease,
} from '../support/debian-host.ts';
import { descendantsOf } from '../support/descendants.ts';
import { runProcess } from '../support/process.ts';
import { checkReplica, wrongObjects } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { SyncDaemon } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, projectDirectory } from '../support/tools.ts';

const CONFIG = 'etc/backup-syncd/backup-syncd.yaml';
const USER = '--reuid=backup-syncd --regid=backup-syncd --init-groups';
const STATE = 'var/lib/backup-syncd';

const BACKENDS = "defaults: { backends: [{ name: nas, directory: '/srv/nas/{client}' }] }\n";

/** nsenter passes no signal on. */
async function stop({ process: { pid, exited } }: SyncDaemon): Promise<{ code: number | null }> {
  for (const child of descendantsOf(pid)) process.kill(child, 'SIGTERM');
  return exited;
}

for (const release of ['debian12', 'debian13'] as const)
  describeWithTools(
    ['root', IMAGES[release], 'newest/restic'],
    `the Debian package on ${release}`,
    () => testOn(release),
  );

/** The first commit that has a package: the version before, if this clone has it. */
const FIRST = '8c3769d0';

function testOn(release: DebianRelease): void {
  let host: DebianHost;
  let before: string;
  let present: string;
  let after: string;
  let required: readonly string[];

  beforeAll(async () => {
    present = await debianPackage();
    before = await otherVersion((await packageOfCommit(FIRST)) ?? present, '0.0.1', (root) =>
      writeFileSync(join(root, CONFIG), '# as it was before\n'),
    );
    after = await otherVersion(present, '1000.0.0', (root) =>
      writeFileSync(join(root, CONFIG), '# as it will be\n'),
    );
    host = await DebianHost.boot(release);
    required = await requiredPackages(release);
    if (required.length > 0) await host.install(...required);
  }, 600_000);

  const access = async (path: string) =>
    (await host.run(`stat --format '%U:%G %a' /${path}`)).stdout.trim();

  const daemon = async (): Promise<SyncDaemon> =>
    SyncDaemon.of(host.start(`setpriv ${USER} backup-syncd run`));

  test('the same commit gives the same bytes, with any umask, output directory and time zone', async () => {
    const build = 'umask 077 && TZ=Asia/Tokyo npm run --silent package:deb -- "$1"';
    const again = await runProcess('sh', ['-c', build, 'sh', temporaryDirectory()], {
      cwd: projectDirectory,
    });

    expect(again.stderr).toBe('');
    expect(readFileSync(again.stdout.trim()).equals(readFileSync(present))).toBe(true);
  });

  test('is installed: a user, its directories, the program, its pages and completions', async () => {
    await host.install(before);

    expect((await host.run('getent passwd backup-syncd')).stdout).toMatch(
      /:\/nonexistent:\/usr\/sbin\/nologin$/m,
    );
    expect(await access('etc/backup-syncd')).toBe('root:backup-syncd 750');
    expect(await access('etc/backup-syncd/clients')).toBe('root:backup-syncd 750');
    expect(await access('etc/backup-syncd/secrets')).toBe('root:backup-syncd 750');
    expect(await access(STATE)).toBe('backup-syncd:backup-syncd 700');
    expect((await host.run('dpkg --verify backup-syncd')).stdout).toBe('');
    expect((await host.run('backup-syncd --version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('before the upgrade, it replicates a client', async () => {
    const { path } = await seedRepository('newest');
    cpSync(path, host.at('srv/zhost'), { recursive: true });
    const backends = [{ name: 'nas', directory: '/srv/far/zhost', minFree: '0B' }];
    const client = { source: { directory: '/srv/zhost' }, backends };
    writeFileSync(host.at('etc/backup-syncd/clients/zhost.yaml'), JSON.stringify(client));
    await host.run('chown -R backup-syncd: /srv/zhost && install -d -o backup-syncd /srv/far');
    // root cannot do that with the version before and the Node.js of Debian 13
    for (const command of ['backend init --same-disk zhost nas', 'sync zhost'])
      await host.run(`setpriv ${USER} backup-syncd ${command}`);
  });

  test('is upgraded: what was known stays known, and nothing is sent again', async () => {
    await host.install(present);

    const { stdout } = await host.tryRun('backup-syncd status zhost');
    expect(stdout).toMatch(/^nas +up to date.* 2 complete/m);
    const synced = await host.run('backup-syncd sync --json zhost');
    expect(JSON.parse(synced.stdout)).toMatchObject({
      clients: [{ syncs: [{ outcome: 'nothing', sent: { objects: 0 } }] }],
    });
    await host.run(`rm /etc/backup-syncd/clients/zhost.yaml /${STATE}/zhost.*`);
  });

  test('is upgraded: an unedited configuration is replaced', async () => {
    expect(host.read(CONFIG)).toContain('Every key is optional');
    expect(await access(STATE)).toBe('backup-syncd:backup-syncd 700');
  });

  test('starts without clients, and does nothing', async () => {
    writeFileSync(host.at(CONFIG), host.read(CONFIG).replace(/:10987$/m, ':0'));
    const syncd = await daemon();

    expect(await syncd.metric('clients', {})).toBeUndefined();
    expect((await host.tryRun('backup-syncd status')).stdout).toContain('no client is configured');
    expect(await stop(syncd)).toMatchObject({ code: 0 });
  });

  test('its daemon replicates the client that root added', async () => {
    const { path } = await seedRepository('newest');
    cpSync(path, host.at('srv/ahost'), { recursive: true });
    await host.run('chown -R backup-syncd: /srv/ahost && install -d -o backup-syncd /srv/nas');
    writeFileSync(host.at(CONFIG), `${host.read(CONFIG)}${BACKENDS}`);

    await host.run('backup-syncd client add ahost --source /srv/ahost --same-disk');
    await host.run('backup-syncd check-config');
    const syncd = await daemon();
    await syncd.untilComplete('nas', 2);
    expect(await stop(syncd)).toMatchObject({ code: 0 });

    expect(await access('etc/backup-syncd/clients/ahost.yaml')).toBe('root:backup-syncd 640');
    expect(await access('srv/nas/ahost/config')).toMatch(/^backup-syncd:/);
    expect(wrongObjects(host.at('srv/nas/ahost'))).toEqual([]);
    expect(await checkReplica(host.at('srv/nas/ahost'), 'newest')).toMatchObject({ ok: true });
  });

  test('is upgraded: an edited configuration stays', async () => {
    const edited = host.read(CONFIG);
    await host.install(after);

    expect(host.read(CONFIG)).toBe(edited);
    expect(host.read(`${CONFIG}.dpkg-dist`)).toBe('# as it will be\n');
    expect((await host.tryRun('backup-syncd status ahost')).stdout).toContain('2 complete');
  });

  test('is removed: configuration, state and user stay', async () => {
    await host.run('dpkg --remove backup-syncd');

    expect(existsSync(host.at('usr/lib/backup-syncd'))).toBe(false);
    expect(existsSync(host.at('usr/bin/backup-syncd'))).toBe(false);
    expect(readdirSync(host.at(STATE))).toContain('ahost.json');
    expect(existsSync(host.at('etc/backup-syncd/clients/ahost.yaml'))).toBe(true);
    await host.run('getent passwd backup-syncd');
  });

  test('is installed again, and continues where it was', async () => {
    await host.install(present);

    expect((await host.run('backup-syncd snapshots ahost')).stdout).toMatch(/^SNAPSHOT .* NAS /);
    const syncd = await daemon();
    await syncd.untilComplete('nas', 2);
    expect(await stop(syncd)).toMatchObject({ code: 0 });
  });

  test('is purged: the state is removed, and no file of a person, source or replica', async () => {
    writeFileSync(host.at('etc/backup-syncd/secrets/ahost'), 'a password\n');
    cpSync(host.at('srv/nas/ahost'), host.at(`${STATE}/replica`), { recursive: true });
    // what a daemon that somebody took over could prepare
    mkdirSync(host.at(`${STATE}/directory.json`));
    writeFileSync(host.at(`${STATE}/ahost.json.damaged-2026-11-30T020000.000Z`), '{');
    for (const path of ['removed-clients.new', 'writer-id.0f1e', 'zhost.discovered.new'])
      writeFileSync(host.at(`${STATE}/${path}`), '');
    mkdirSync(host.at(`${STATE}/restore-check/backup-syncd-restore-ahost/etc`), {
      recursive: true,
    });
    rmSync(host.at(`${STATE}/run`), { recursive: true, force: true });
    symlinkSync('/srv', host.at(`${STATE}/run`));
    writeFileSync(host.at('srv/other.sock'), '');
    const { stdout, stderr } = await host.run('dpkg --purge backup-syncd');

    expect(stdout + stderr).toContain('/etc/backup-syncd/secrets is not empty, and is left');
    expect(readdirSync(host.at(STATE)).sort()).toEqual(['directory.json', 'replica', 'run']);
    expect(existsSync(host.at('srv/other.sock'))).toBe(true);
    expect(readdirSync(host.at('etc/backup-syncd')).sort()).toEqual(['clients', 'secrets']);
    expect(readdirSync(host.at('etc/backup-syncd/clients'))).toEqual(['ahost.yaml']);
    for (const place of ['srv/ahost', 'srv/nas/ahost', `${STATE}/replica`])
      expect(await checkReplica(host.at(place), 'newest')).toMatchObject({ ok: true });
    expect(statSync(host.at('etc/backup-syncd/secrets/ahost')).size).toBe(11);
    await host.run('getent passwd backup-syncd');
  });

  test('is installed after a purge, and takes over the replicas', async () => {
    await host.install(present);
    writeFileSync(host.at(CONFIG), `listen: 127.0.0.1:0\n${BACKENDS}`);
    expect((await host.tryRun('backup-syncd sync ahost')).stdout).toContain('--adopt');

    await host.run('backup-syncd backend init --all --adopt');

    await host.run('backup-syncd sync ahost');
  });

  test('a directory that is a link: its target keeps its owner, and a purge deletes nothing there', async () => {
    const linked = await DebianHost.boot(release);
    await linked.run(`mkdir -p /srv/state /srv/clients /etc/backup-syncd
      echo '{}' >/srv/state/other.json
      ln -s /srv/state /${STATE} && ln -s /srv/clients /etc/backup-syncd/clients`);
    await linked.install(...required, present);
    const owners = await linked.run('stat --format %U:%G /srv/state /srv/clients');
    expect(owners.stdout).toBe('root:root\nroot:root\n');

    await linked.run('dpkg --remove backup-syncd'); // dpkg itself removes links of the package
    await linked.run(`ln -sfn /srv/state /${STATE}`);
    const { stdout, stderr } = await linked.run('dpkg --purge backup-syncd');

    expect(stdout + stderr).toContain(`/${STATE} is a link, and is left`);
    expect(linked.read('srv/state/other.json')).toBe('{}\n');
  });

  test('is purged before anything was configured: nothing is left', async () => {
    const empty = await DebianHost.boot(release);
    await empty.install(...required, present);
    await empty.run('dpkg --purge backup-syncd');

    expect(
      (await empty.run('find / -xdev -name "*backup-syncd*" ! -path "/packages/*"')).stdout,
    ).toBe('');
  });
}
