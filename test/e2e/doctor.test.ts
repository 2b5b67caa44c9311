import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mountPassthrough } from '../support/fuse.ts';
import { Site } from '../support/site.ts';
import { runProcess, startProcess } from '../support/process.ts';
import { monitoringTool, needs } from '../support/prometheus.ts';
import { mountTmpfs } from '../support/tmpfs.ts';
import { freePort, openTemporaryDirectory, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, projectDirectory, tool } from '../support/tools.ts';

interface Finding {
  readonly check: string;
  readonly severity: string;
  readonly message: string;
  readonly hint?: string;
}

const DAEMON = 54_321;

function findingsIn(stdout: string, check: string): Finding[] {
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  return findings.filter((finding) => finding.check === check && finding.severity !== 'ok');
}

describeWithTools(['root'], 'doctor, typed by root', () => {
  test('what the daemon may not do vanishes when the hints are typed', async () => {
    const site = await Site.synced(['near'], openTemporaryDirectory);
    const { syncd } = site;
    const near = syncd.backend('near');
    const places = [syncd.directory, dirname(site.source)];
    await runProcess('chown', ['-R', `${DAEMON}:${DAEMON}`, ...places]);
    chownSync(join(near, 'index'), 0, 0);
    chmodSync(near, 0o777);
    writeFileSync(join(syncd.stateDir, 'ahost.json.old'), '');
    const examine = async (): Promise<string> => (await syncd.cli(['doctor', '--json'])).stdout;

    const before = await examine();
    const found = [...findingsIn(before, 'state'), ...findingsIn(before, 'permissions')];
    expect(found.map(({ severity }) => severity)).toEqual(['error', 'error']);
    await typeAll(found);

    const between = await examine();
    const [open] = findingsIn(between, 'permissions');
    expect(open?.message).toContain('everyone on this machine');
    await typeAll(open === undefined ? [] : [open]);

    const after = await examine();
    expect(findingsIn(after, 'state')).toEqual([]);
    expect(findingsIn(after, 'permissions')).toEqual([]);
    expect(after).toContain(`"judgedFor": "uid ${DAEMON}"`);
  });
});

/** Types the command of each hint, which ends with it. */
async function typeAll(findings: readonly Finding[]): Promise<void> {
  for (const { hint = '' } of findings) {
    const [, command = ''] = /run: (.*)$/.exec(hint) ?? [];
    expect(command).not.toBe('');
    expect(await runProcess('sh', ['-c', command])).toMatchObject({ code: 0 });
  }
}

describeWithTools(['fuse', 'bindfs'], 'doctor and a mount that hangs', () => {
  test('the place is named, the others are judged, and the exit code is kept', async () => {
    const site = await Site.synced(['near', 'far']);
    const far = site.syncd.backend('far');
    const mount = await mountPassthrough(far, far);
    await mount.freeze();

    const { code, stdout } = await site.syncd.cli(['doctor', '--json']);

    expect(code).toBe(2);
    const [hung] = findingsIn(stdout, 'configuration');
    expect(hung?.message).toContain(`"${far}" does not respond`);
    expect(stdout).toContain(`${site.syncd.backend('near')} has been a backend since`);
    await mount.unmount();
  });
});

describeWithTools(['tmpfs'], 'doctor and a full disk', () => {
  test('no space and no inodes are errors, and are gone once something is removed', async () => {
    const disk = await mountTmpfs({ sizeBytes: 2 ** 20, inodes: 20 });
    const site = new Site();
    site.syncd.writeClient('ahost', { source: site.source, backends: { near: disk.path } });
    await site.must('backend', 'init', 'ahost', 'near');
    const examine = async (): Promise<Finding[]> =>
      findingsIn((await site.run('doctor', '--json')).stdout, 'space').filter(({ message }) =>
        message.includes(disk.path),
      );
    expect(await examine()).toEqual([]);

    const film = join(disk.path, 'film');
    fill(film);
    expect(await examine()).toMatchObject([
      {
        severity: 'error',
        hint: expect.stringContaining('free some space'),
        message: `0 B of 1 MiB free (0 %) on ${disk.path}`,
      },
    ]);
    const synced = await site.run('sync', 'ahost');
    expect(synced).toMatchObject({ code: 1, stdout: expect.stringContaining('no_space') });

    rmSync(film);
    const small = join(disk.path, 'small');
    mkdirSync(small);
    fillInodes(small);
    expect(await examine()).toMatchObject([
      { severity: 'error', message: expect.stringContaining('can hold 0 more files') },
    ]);

    rmSync(small, { recursive: true });
    expect(await examine()).toEqual([]);
  });
});

/** Writes to a new file until there is no space. */
function fill(file: string): void {
  untilFull(() => appendFileSync(file, Buffer.alloc(4096)));
}

/** Makes empty files until there is no inode. */
function fillInodes(directory: string): void {
  let count = 0;
  untilFull(() => writeFileSync(join(directory, String(count++)), ''));
}

function untilFull(write: () => void): void {
  const once = (): boolean => {
    try {
      write();
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
      return false;
    }
  };
  while (once());
}

describeWithTools(['newest/restic'], 'doctor and its PATH', () => {
  test('a tool that something needs is missing, until PATH has it', async () => {
    const site = new Site();
    const source = { directory: site.source, password: { env: 'SECRET' } };
    site.syncd.writeClient('ahost', { source, backends: ['near'] });
    const examine = async (path: string): Promise<Finding[]> => {
      const env = { PATH: path, SECRET: 'x' };
      return findingsIn((await site.syncd.cli(['doctor', '--json'], { env })).stdout, 'tools');
    };
    // what starts the program, and nothing else
    const bare = temporaryDirectory();
    symlinkSync(process.execPath, join(bare, 'node'));

    expect(await examine(bare)).toMatchObject([
      {
        severity: 'error',
        hint: 'install its package: apt install restic',
        message: expect.stringMatching(/^restic, which uses the password of ahost, is not on PATH/),
      },
    ]);
    expect(await examine(`${dirname(tool('restic', 'newest'))}:${bare}`)).toEqual([]);
  });
});

describeWithTools(needs('newest', 'prometheus'), 'doctor and a real Prometheus', () => {
  test('what Prometheus lacks is found, and vanishes when it is configured as the hints say', async () => {
    const site = await Site.synced();
    const daemon = await site.daemon();
    const prometheus = await startEmpty();
    const examine = async (): Promise<Finding[]> => {
      const { stdout } = await site.run('doctor', '--json', '--prometheus', prometheus.url);
      return findingsIn(stdout, 'prometheus');
    };

    expect((await examine()).map(({ message }) => message)).toEqual([
      expect.stringMatching(/^it has no job whose name begins with backup-syncd/),
      'it has not loaded the alert rules',
      expect.stringMatching(/^it has no Alertmanager/),
    ]);

    await prometheus.configure({
      rule_files: [join(projectDirectory, 'alerts/backup-syncd.rules.yml')],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ['127.0.0.1:9093'] }] }] },
      scrape_configs: [
        {
          job_name: 'backup-syncd',
          scrape_interval: '1s',
          scrape_timeout: '1s',
          static_configs: [{ targets: [new URL(daemon.url).host] }],
        },
      ],
    });
    await waitFor(async () => (await examine()).length === 0, {
      what: 'a Prometheus with which nothing is wrong',
      timeoutMs: 120_000,
    });
  });
});

/** A Prometheus that scrapes nothing, and takes another configuration. */
async function startEmpty() {
  const directory = temporaryDirectory();
  const file = join(directory, 'prometheus.yml');
  writeFileSync(file, '{}');
  const address = `127.0.0.1:${await freePort()}`;
  startProcess(monitoringTool('prometheus', 'newest'), [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--web.enable-lifecycle',
  ]);
  const url = `http://${address}`;
  const isReady = async (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitFor(isReady, { what: `Prometheus at ${url}`, timeoutMs: 120_000, intervalMs: 250 });
  return {
    url,
    async configure(config: unknown): Promise<void> {
      writeFileSync(file, JSON.stringify(config));
      expect(await fetch(`${url}/-/reload`, { method: 'POST' })).toMatchObject({ status: 200 });
    },
  };
}
