import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { listProblems } from '../../../src/config/problem.ts';
import type { BackendConfig, Config } from '../../../src/config/types.ts';
import { placeTraits } from '../../../src/kinds/traits.ts';
import { composeDirectory, readCompose, readYaml, serviceOf } from '../../support/compose.ts';
import { projectDirectory } from '../../support/tools.ts';

const compose = readCompose();
const service = (name: string) => serviceOf(compose, name);
const all = [...compose.services].map(([name, one]) => ({ name, ...one }));
const readText = (path: string) => readFileSync(join(projectDirectory, path), 'utf8');

async function sampleConfig(): Promise<Config> {
  const loaded = await loadConfig(join(composeDirectory, 'config'));
  expect(listProblems(loaded)).toEqual([]);
  if (loaded.config === undefined) throw new Error('no configuration');
  return loaded.config;
}

/** The port of the container that a service publishes. */
function publishedPort(name: string): number {
  const [only, ...others] = service(name).ports ?? [];
  expect(others).toEqual([]);
  return Number(only?.split(':').at(-1));
}

/** The volumes that a service may write to, and that outlive its container. */
function writable(name: string): string[] {
  return service(name)
    .mounts.filter(({ isReadOnly }) => !isReadOnly)
    .map(({ target }) => target);
}

const targets = (name: string) => service(name).mounts.map(({ target }) => target);
const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

describe('paths', () => {
  test.each(all)('$name mounts nothing of the host but this project', ({ mounts }) => {
    for (const { source } of mounts.filter(({ isVolume }) => !isVolume)) {
      expect(source.startsWith(`${projectDirectory}/`)).toBe(true);
      expect({ source, exists: existsSync(source) }).toEqual({ source, exists: true });
    }
  });

  test('every volume is declared, and every declared one is used', () => {
    const used = all.flatMap(({ mounts }) => mounts.filter(({ isVolume }) => isVolume));
    expect(new Set(used.map(({ source }) => source))).toEqual(new Set(compose.volumes));
  });

  test('the configuration names what is mounted; the source cannot be written, and state and replicas can', async () => {
    const { clients, stateDirectory } = await sampleConfig();
    expect(clients.map(({ name }) => name)).toEqual(['sample']);
    expect(targets('backup-syncd')).toContain('/etc/backup-syncd');
    for (const name of ['backup-syncd', 'init']) {
      expect(writable(name)).toContain(stateDirectory);
      for (const { source, backends } of clients) {
        expect(isBelow(placeTraits(source).label, targets(name))).toBe(true);
        expect(isBelow(placeTraits(source).label, writable(name))).toBe(false);
        for (const place of directoriesOf(backends))
          expect(isBelow(place, writable(name))).toBe(true);
      }
    }
  });

  test('init makes all backends of the client, where the configuration says', async () => {
    const { clients } = await sampleConfig();
    const [client, ...names] = service('init').command ?? [];
    const { REPLICAS } = service('init').environment ?? {};
    const made = names.map((name) => `${REPLICAS ?? ''}/${name}/${client ?? ''}`);
    expect(clients[0]?.name).toBe(client);
    expect(directoriesOf(clients[0]?.backends ?? [])).toEqual(made);
    expect(isBelow(service('init').entrypoint?.at(-1) ?? '', targets('init'))).toBe(true);
  });

  test('new volumes are given to the user of those who write to them', () => {
    const given = service('volumes').command ?? [];
    expect(service('volumes').entrypoint).toEqual(['chown', '1000:1000']);
    expect([...given].sort()).toEqual([...targets('volumes')].sort());
    for (const { name, user, mounts } of all.filter((one) => one.user === '1000:1000')) {
      const unowned = mounts.filter(({ isVolume, target }) => isVolume && !given.includes(target));
      expect({ name, user, unowned }).toEqual({ name, user, unowned: [] });
    }
  });

  test('each path on a command line and in the environment is there in the container', () => {
    const fromImage = /^\/(opt\/backup-syncd\/dist\/healthcheck\.js|tmp\/.*)$/;
    const lost = all.flatMap(({ name, command = [], environment = {}, healthcheck }) =>
      [...command, ...Object.values(environment), ...(healthcheck?.test ?? [])]
        .map((text) => text.replace(/^--[\w.-]+=/, ''))
        .filter((text) => text.startsWith('/') && !fromImage.test(text))
        .filter((path) => !isBelow(path, targets(name)) && path !== '/srv')
        .map((path) => `${name}: ${path}`),
    );
    expect(lost).toEqual([]);
  });

  test('Prometheus finds all rules, Grafana the dashboards', () => {
    const { rule_files } = readYaml('prometheus.yml') as { rule_files: string[] };
    const rules = targets('prometheus').filter((path) => path.endsWith('.rules.yml'));
    expect([...rule_files].sort()).toEqual(rules.sort());
    const { providers } = readYaml('../grafana/provisioning/dashboards/backup-syncd.yaml') as {
      providers: { options: { path: string } }[];
    };
    const dashboards = targets('grafana').filter((path) => path.endsWith('.json'));
    expect(dashboards).toHaveLength(3);
    for (const path of dashboards) expect(dirname(path)).toBe(providers[0]?.options.path);
    const home = service('grafana').environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'];
    expect(dashboards).toContain(home);
  });
});

describe('ports', () => {
  test('nothing is published to other machines', () => {
    for (const text of all.flatMap(({ ports = [] }) => ports)) {
      expect(text).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    }
  });

  test('each is the one that the configuration in the container says', async () => {
    const { listen } = await sampleConfig();
    expect(listen).toEqual({ host: '0.0.0.0', port: publishedPort('backup-syncd') });
    const rest = service('rest-server').command ?? [];
    expect(rest[rest.indexOf('--listen') + 1]).toBe(`:${publishedPort('rest-server')}`);
  });

  test('each address is a service that listens there', () => {
    const texts = [
      JSON.stringify(readYaml('prometheus.yml')),
      JSON.stringify(readYaml('../grafana/provisioning/datasources/prometheus.yaml')),
      service('restic').environment?.['RESTIC_REPOSITORY'] ?? '',
    ];
    const found = texts.flatMap((text) => [...text.matchAll(/([a-z][a-z-]+):(\d{4,5})/g)]);
    expect(found.map(([, name]) => name).sort()).toEqual([
      'alertmanager',
      'backup-syncd',
      'prometheus',
      'rest-server',
    ]);
    for (const [, name = '', port] of found) expect(publishedPort(name)).toBe(Number(port));
  });

  test('the table of the README names them', () => {
    const readme = readText('deploy/compose/README.md');
    for (const name of ['backup-syncd', 'prometheus', 'alertmanager', 'grafana']) {
      expect(readme).toContain(`http://127.0.0.1:${publishedPort(name)}/`);
    }
  });
});

describe('care', () => {
  test.each(all)('$name has no capability and gets none, and an image of one version', (one) => {
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toEqual(['no-new-privileges:true']);
    expect(one.cap_add ?? []).toEqual(one.name === 'volumes' ? ['CHOWN'] : []);
    expect(one.read_only).toBe(one.name !== 'grafana');
    expect(one.image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  test('versions are those of the package and of the Dockerfile', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    for (const name of ['volumes', 'init', 'backup-syncd']) {
      expect(service(name).image).toBe(`backup-syncd:${version}`);
    }
    expect(readText('Dockerfile')).toContain(`FROM ${service('restic').image}@sha256:`);
  });

  test('the daemon and Prometheus do not know the password', () => {
    const knowing = all.filter(({ mounts }) => mounts.some(({ source }) => source === 'keys'));
    expect(knowing.map(({ name }) => name)).toEqual(['volumes', 'init', 'restic']);
  });
});

test('Alertmanager routes and mutes as the example to install does', () => {
  const ours = readYaml('alertmanager.yml') as Record<string, unknown>;
  const example = readYaml('../../alerts/alertmanager.example.yml') as typeof ours;
  expect(ours['route']).toEqual(example['route']);
  expect(ours['inhibit_rules']).toEqual(example['inhibit_rules']);
});

test('the README speaks of services that there are', () => {
  const readme = readText('deploy/compose/README.md');
  const named = [
    ...readme.matchAll(/docker compose (?:exec|run --rm(?: --entrypoint \S+)?) (\S+)/g),
  ];
  expect(named.length).toBeGreaterThanOrEqual(6);
  for (const [, name = ''] of named) expect([...compose.services.keys()]).toContain(name);
});

function directoriesOf(backends: readonly BackendConfig[]): string[] {
  return backends
    .map(placeTraits)
    .flatMap(({ isDirectory, label }) => (isDirectory ? [label] : []));
}
