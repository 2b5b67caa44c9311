import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';
import { describeWithTools } from '../support/tools.ts';

const TYPO = '{"surce": {}}';
const NEVER_DUE = { defaults: { expect: { snapshotEvery: 'off' } } };

test('nothing configured, and nothing but refused files, are never all well', async () => {
  const syncd = new Syncd();
  const nothing = expect.stringContaining('no client is configured') as unknown;

  expect(await syncd.cli(['status'])).toMatchObject({ code: 3, stdout: nothing });
  expect(await syncd.cli(['sync', '--all'])).toMatchObject({ code: 1, stderr: nothing });
  rmSync(join(syncd.configDir, 'clients'), { recursive: true });
  expect(await syncd.cli(['status'])).toMatchObject({ code: 3, stdout: nothing });
  expect(await syncd.cli(['sync', '--all'])).toMatchObject({ code: 1 });
  rmSync(join(syncd.configDir, 'backup-syncd.yaml'));
  expect(await syncd.cli(['status'])).toMatchObject({ code: 3 });

  mkdirSync(join(syncd.configDir, 'clients'));
  syncd.writeDaemon({});
  writeFileSync(syncd.clientFile('ahost'), TYPO);
  const refused = expect.stringMatching(/WARNING ahost: .*clients\/ahost\.yaml:1:2: surce/);
  expect(await syncd.cli(['status'])).toMatchObject({ code: 1, stdout: refused });
  expect(await syncd.cli(['status', 'ahost'])).toMatchObject({ code: 1, stdout: refused });
  expect(await syncd.cli(['sync', '--all'])).toMatchObject({ code: 1 });
  const { code, stdout } = await syncd.cli(['status', '--json']);
  expect({ code, document: JSON.parse(stdout) as unknown }).toMatchObject({
    code: 1,
    document: {
      severity: 'warning',
      findings: [{ kind: 'client_refused', client: 'ahost' }],
      clients: [],
    },
  });
  expect(await syncd.cli(['status', 'bhost'])).toMatchObject({ code: 64 });
});

describeWithTools(['newest/restic'], 'beside a client that is well', () => {
  test('a refused file is a warning, and sync --all runs the others and ends with 1', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    expect(await syncd.cli(['sync', '--all'])).toMatchObject({ code: 0 });
    expect(await syncd.cli(['status'])).toMatchObject({ code: 0 });

    writeFileSync(syncd.clientFile('bhost'), TYPO);

    const synced = await syncd.cli(['sync', '--all']);
    expect(synced).toMatchObject({ code: 1, stderr: expect.stringContaining('bhost: left out') });
    expect(synced.stdout).toContain('ahost → near: complete already');
    const status = await syncd.cli(['status']);
    expect(status).toMatchObject({ code: 1, stdout: expect.stringMatching(/WARNING bhost: /) });
    expect(status.stdout.split('\n')[0]).toMatch(/^no daemon runs: /);
    expect(await syncd.cli(['status', 'ahost'])).toMatchObject({ code: 0 });
  });

  test('status asks a daemon whose configuration is broken meanwhile', async () => {
    const { path } = await seedRepository('newest');
    const syncd = new Syncd(NEVER_DUE);
    await syncd.addClient('ahost', { source: path, backends: ['near'] });
    const daemon = await syncd.start();
    await daemon.untilComplete('near', 2);
    expect(await syncd.cli(['status'])).toMatchObject({ code: 0 });

    syncd.writeDaemon({ ...NEVER_DUE, stateDirectry: temporaryDirectory() });
    const broken = await syncd.cli(['status']);
    expect(broken).toMatchObject({ code: 1, stderr: '' });
    expect(broken.stdout).toMatch(/^ahost +near +idle/m);
    expect(broken.stdout).toMatch(/WARNING the newest configuration was refused.*stateDirectry/);
    await waitFor(async () => (await daemon.get('/')).includes('The daemon needs attention'), {
      what: 'the page',
    });

    const { runtimeDir: runtimeDirectory } = syncd;
    const text = `runtimeDirectory: ${runtimeDirectory}\nlisten: [`;
    writeFileSync(join(syncd.configDir, 'backup-syncd.yaml'), text);
    const noYaml = await syncd.cli(['status', '--json']);
    expect({ ...noYaml, document: JSON.parse(noYaml.stdout) as unknown }).toMatchObject({
      code: 1,
      document: {
        findings: [{ kind: 'configuration_refused', severity: 'warning' }],
        clients: [{ client: 'ahost', severity: 'ok' }],
      },
    });

    syncd.writeDaemon(NEVER_DUE);
    writeFileSync(syncd.clientFile('ahost'), TYPO);
    const kept = await syncd.cli(['status']);
    expect(kept).toMatchObject({ code: 1 });
    expect(kept.stdout).toMatch(/^ahost +near +idle/m);

    await daemon.process.stop();
    expect(await syncd.cli(['status'])).toMatchObject({ code: 1 });
    writeFileSync(join(syncd.configDir, 'backup-syncd.yaml'), text);
    expect(await syncd.cli(['status'])).toMatchObject({ code: 78 });
  });
});
