import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { InProcess } from '../../../support/in-process.ts';
import { Site } from '../../../support/site.ts';
import { Syncd } from '../../../support/syncd.ts';

const TYPO = '{"surce": {}}';

test('nothing configured, and nothing but refused files, are never all well', async () => {
  const syncd = new Syncd();
  const commands = new InProcess(syncd.configDir);
  const nothing = expect.stringContaining('no client is configured') as unknown;

  expect(await commands.run('status')).toMatchObject({ code: 3, stdout: nothing });
  expect(await commands.run('sync', '--all')).toMatchObject({ code: 1, stderr: nothing });
  rmSync(join(syncd.configDir, 'clients'), { recursive: true });
  expect(await commands.run('status')).toMatchObject({ code: 3, stdout: nothing });
  expect(await commands.run('sync', '--all')).toMatchObject({ code: 1 });
  rmSync(join(syncd.configDir, 'backup-syncd.yaml'));
  expect(await commands.run('status')).toMatchObject({ code: 3 });

  mkdirSync(join(syncd.configDir, 'clients'));
  syncd.writeDaemon({});
  writeFileSync(syncd.clientFile('ahost'), TYPO);
  const refused = expect.stringMatching(/WARNING ahost: .*clients\/ahost\.yaml:1:2: surce/);
  expect(await commands.run('status')).toMatchObject({ code: 1, stdout: refused });
  expect(await commands.run('status', 'ahost')).toMatchObject({ code: 1, stdout: refused });
  expect(await commands.run('sync', '--all')).toMatchObject({ code: 1 });
  const { code, stdout } = await commands.run('status', '--json');
  expect({ code, document: JSON.parse(stdout) as unknown }).toMatchObject({
    code: 1,
    document: {
      severity: 'warning',
      findings: [{ kind: 'client_refused', client: 'ahost' }],
      clients: [],
    },
  });
  expect(await commands.run('status', 'bhost')).toMatchObject({ code: 64 });
});

test('status without a daemon shows the saved state, says so, and is at least a warning', async () => {
  const site = await Site.synced();
  const { code, stdout } = await site.run('status');
  expect(code).toBe(1);
  expect(stdout).toMatch(/^no daemon is running: this is the last known state /);
  expect(stdout).toMatch(/^ahost +ok +2 /m);
  const json = await site.run('status', '--json', 'ahost');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    clients: [
      {
        client: 'ahost',
        backends: [{ backend: 'near', hasMarker: true, snapshots: 2, missing: [] }],
      },
    ],
  });
});

test('status shows what is wrong, and only that if it is asked to', async () => {
  const site = await Site.synced();
  rmSync(site.source, { recursive: true });
  expect(await site.run('sync', 'ahost')).toMatchObject({ code: 1 });
  const { code, stdout } = await site.run('status', '--problems');
  expect(code).toBe(2);
  expect(stdout).toMatch(/CRITICAL ahost: /);
  expect((await site.run('status', '--state', 'ok')).stdout).toContain(
    'The client needs attention',
  );
});
