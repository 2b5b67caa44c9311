import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mainFile, runCli, startDaemon } from '../support/cli.ts';
import {
  composeDirectory,
  composeFile,
  readCompose,
  serviceOf,
  type Service,
} from '../support/compose.ts';
import { runProcess, startProcess } from '../support/process.ts';
import { monitoringTool, needs } from '../support/prometheus.ts';
import { ResticRepository } from '../support/restic.ts';
import { SyncDaemon } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools, pathWith, projectDirectory, tool } from '../support/tools.ts';

const compose = readCompose();
const service = (name: string) => serviceOf(compose, name);

describeWithTools(['check-jsonschema'], 'compose.yaml', () => {
  test('is what the specification of Compose allows', async () => {
    const args = ['--builtin-schema', 'vendor.compose-spec', composeFile];
    const { stdout, code } = await runProcess(tool('check-jsonschema'), args);
    expect({ stdout, code }).toMatchObject({ code: 0 });
  });
});

/** The options on a service's command line. */
function optionsOf({ command = [] }: Service): string[] {
  return command.filter((word) => word.startsWith('-')).map((word) => word.replace(/=.*/, ''));
}

describeWithTools(
  [...needs('newest', 'prometheus', 'prometheus-alertmanager'), 'rest-server'],
  'the options in compose.yaml',
  () => {
    test.each([
      ['prometheus', () => monitoringTool('prometheus', 'newest')],
      ['alertmanager', () => monitoringTool('prometheus-alertmanager', 'newest')],
      ['rest-server', () => tool('rest-server')],
    ])('%s knows those that it is given', async (name, program) => {
      const { stdout, stderr } = await runProcess(program(), ['--help']);
      const known = new Set((stdout + stderr).match(/--[a-z][\w.-]*/g));
      const given = optionsOf(service(name));
      expect(given.length).toBeGreaterThanOrEqual(3);
      expect(given.filter((option) => !known.has(option))).toEqual([]);
    });
  },
);

describe('commands of backup-syncd', () => {
  const files = ['compose.yaml', 'init.sh', 'README.md'];
  const text = files.map((name) => readFileSync(join(composeDirectory, name), 'utf8')).join('\n');
  const typed = [
    ...(service('backup-syncd').command ?? []).map((word) => [word]),
    ...[...text.matchAll(/backup-syncd ((?:backend )?[a-z]+)(?= "?\$|$| sample| {2})/gm)].map(
      ([, words = '']) => words.split(' '),
    ),
  ];

  test('some exist', () => {
    expect(new Set(typed.map((words) => words.join(' ')))).toEqual(
      new Set(['run', 'status', 'snapshots', 'backend init']),
    );
  });

  test.each(typed.map((words) => [words.join(' ')]))('%s is one', async (words) => {
    const { stdout, code } = await runCli([...words.split(' '), '--help']);
    expect(stdout).toMatch(new RegExp(`^Usage: backup-syncd ${words} `));
    expect(code).toBe(0);
  });

  test('its health check is in the image, where the build puts it', () => {
    const file = service('backup-syncd').healthcheck?.test.at(-1) ?? '';
    expect(readFileSync(join(projectDirectory, 'Dockerfile'), 'utf8')).toContain(file);
    expect(file.replace('/opt/backup-syncd/', '')).toBe('dist/healthcheck.js');
  });
});

describeWithTools(
  needs('newest', 'promtool', 'amtool'),
  'configuration beside compose.yaml',
  () => {
    test('promtool accepts that of Prometheus, with its rules', async () => {
      const home = temporaryDirectory();
      for (const { source, target } of service('prometheus').mounts.filter(
        (one) => !one.isVolume,
      )) {
        mkdirSync(dirname(join(home, target)), { recursive: true });
        const moved = readFileSync(source, 'utf8').replaceAll('- /etc/', `- ${home}/etc/`);
        writeFileSync(join(home, target), moved);
      }
      const args = ['check', 'config', join(home, 'etc/prometheus/prometheus.yml')];
      const { stdout, stderr, code } = await runProcess(monitoringTool('promtool', 'newest'), args);
      expect({ stdout, stderr, code }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('2 rule files found') as unknown,
      });
    });

    test('amtool accepts that of Alertmanager', async () => {
      const args = ['check-config', join(composeDirectory, 'alertmanager.yml')];
      const result = await runProcess(monitoringTool('amtool', 'newest'), args);
      expect(result).toMatchObject({ code: 0 });
    });
  },
);

/** Starts what compose.yaml would start, with the programs of this machine, paths below a directory, and free ports. */
class Here {
  readonly directory = temporaryDirectory();
  readonly #ports: ReadonlyMap<string, number>;

  private constructor(ports: ReadonlyMap<string, number>) {
    this.#ports = ports;
    for (const { source, isVolume, target } of service('init').mounts) {
      if (isVolume) mkdirSync(join(this.directory, target), { recursive: true });
      else cpSync(source, join(this.directory, target), { recursive: true });
    }
    const config = join(this.directory, 'etc/backup-syncd');
    for (const name of ['backup-syncd.yaml', 'clients/sample.yaml']) {
      const file = join(config, name);
      writeFileSync(file, this.move(readFileSync(file, 'utf8')));
    }
    mkdirSync(join(this.directory, 'bin'));
    symlinkSync(mainFile, join(this.directory, 'bin/backup-syncd'));
  }

  static async create(): Promise<Here> {
    const ports = ['8000', '10987'].map(async (port) => [port, await freePort()] as const);
    return new Here(new Map(await Promise.all(ports)));
  }

  move(text: string): string {
    let moved = text.replace('rest-server:', '127.0.0.1:').replace(/^:(?=\d+$)/, '127.0.0.1:');
    for (const [port, free] of this.#ports) moved = moved.replace(`:${port}`, `:${free}`);
    return moved.replaceAll(
      /(^|: )\/(?=srv|keys|etc|var|tmp|usr\/local)/gm,
      `$1${this.directory}/`,
    );
  }

  command(name: string): string[] {
    const { entrypoint = [], command = [] } = service(name);
    return [...entrypoint, ...command].map((word) => this.move(word));
  }

  environment(name: string): Record<string, string> {
    const { environment = {} } = service(name);
    const moved = Object.entries(environment).map(([key, value]) => [key, this.move(value)]);
    return {
      ...(Object.fromEntries(moved) as Record<string, string>),
      PATH: `${join(this.directory, 'bin')}:${pathWith('newest')}`,
      BACKUP_SYNCD_CONFIG_DIR: join(this.directory, 'etc/backup-syncd'),
    };
  }
}

describeWithTools(['rest-server', 'newest/restic', 'newest/rclone'], 'the sample', () => {
  test('init makes all that is needed, once; a backup is soon complete in three places', async () => {
    const here = await Here.create();
    const [, ...serverArgs] = here.command('rest-server');
    const [shell = '', ...initArgs] = here.command('init');
    const init = () => runProcess(shell, initArgs, { env: here.environment('init') });
    startProcess(tool('rest-server'), serverArgs);

    const first = await init();
    expect({ ...first, code: first.code }).toMatchObject({ code: 0 });
    expect(first.stdout.match(/is now a backend/g)).toHaveLength(2);
    const passwordFile = join(here.directory, 'keys/sample');
    const password = readFileSync(passwordFile, 'utf8').trim();
    expect(password).toMatch(/^[\w+/]{32}$/);
    expect(first.stdout + first.stderr).not.toContain(password);
    expect(await init()).toMatchObject({ code: 0, stdout: '', stderr: '' });

    const env = here.environment('backup-syncd');
    const process = startDaemon(here.command('backup-syncd'), { env });
    const line = await process.waitForLine(/page and metrics at/);
    const daemon = new SyncDaemon(process, /http:[^"\s]+\d/.exec(line)?.[0] ?? '');
    const health = join(projectDirectory, 'dist/healthcheck.js');
    const healthy = () => runProcess(globalThis.process.execPath, [health], { env });
    expect(await healthy()).toMatchObject({ code: 0, stderr: '' });

    const url = here.environment('restic')['RESTIC_REPOSITORY'] ?? '';
    const repository = ResticRepository.open({ generation: 'newest', url, password });
    await repository.backup(join(projectDirectory, 'docs'));
    await waitFor(async () => (await daemon.client('sample')).protection.copies === 3, {
      what: 'three copies',
    });
    const status = await runCli(['status', 'sample'], { env });
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/nas +up to date[^]*offsite +up to date/);
    for (const name of ['nas', 'offsite']) {
      const path = join(here.directory, 'srv', name, 'sample');
      const replica = ResticRepository.open({ generation: 'newest', path, password, noLock: true });
      expect(await replica.check()).toMatchObject({ ok: true });
    }
    await process.stop();
    expect((await healthy()).code).toBe(1);
  });
});
