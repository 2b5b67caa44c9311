import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { systemClock } from '../../../../src/runtime/clock.ts';
import { InProcess } from '../../../support/in-process.ts';
import { Site } from '../../../support/site.ts';

test('a client is disabled with a reason that status shows, is left alone, and is enabled again', async () => {
  const site = await Site.synced();
  const file = site.syncd.clientFile('ahost');
  const before = readFileSync(file, 'utf8');
  const text = `# the house server\n${before}\n# the end\n`;
  writeFileSync(file, text);

  const disable = ['client', 'disable', 'ahost', '--reason', 'in\nstorage'];
  expect(await site.must(...disable)).toMatch(
    /^ahost: disabled .* by .*: in storage\n {2}a running/,
  );

  const { enabled, disabled } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect({ enabled, disabled }).toMatchObject({
    enabled: false,
    disabled: { reason: 'in storage' },
  });
  expect(readFileSync(file, 'utf8')).toMatch(/^# the house server\n[^]*# the end\n$/);
  const status = await site.run('status');
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toMatch(/^ahost +disabled .*in storage$/m);
  expect(status.stdout).toMatch(/\nThe client is disabled\n$/);
  expect((await site.run('status', 'ahost')).stdout).toMatch(/^ahost: disabled .*: in storage$/m);
  const json = JSON.parse((await site.run('status', '--json')).stdout) as object;
  expect(json).toMatchObject({
    severity: 'ok',
    clients: [],
    disabled: [{ client: 'ahost', reason: 'in storage' }],
  });

  site.act({ verb: 'backup', blobs: [4] });
  expect(await site.run('sync', 'ahost')).toMatchObject({
    code: 69,
    stderr: expect.stringContaining('client enable ahost') as unknown,
  });
  expect(await site.run('sync', '--all')).toMatchObject({
    code: 0,
    stderr: 'ahost: skipped, because it is disabled\n',
  });

  expect(await site.must('client', 'enable', 'ahost')).toMatch(/^ahost: enabled\n/);
  expect(parse(readFileSync(file, 'utf8'))).toEqual(parse(before));
  expect(await site.must('sync', 'ahost')).toContain('1 snapshot');
});

test('both commands can be repeated, tell scripts what they did, and are silent when asked', async () => {
  const site = new Site();
  const disable = ['client', 'disable', 'ahost', '--reason', 'sold'] as const;
  expect(JSON.parse(await site.must(...disable, '--json'))).toMatchObject({
    schemaVersion: 1,
    client: 'ahost',
    enabled: false,
    isChanged: true,
    reason: 'sold',
  });
  const text = readFileSync(site.syncd.clientFile('ahost'), 'utf8');
  expect(await site.must(...disable)).toMatch(/^ahost: already disabled /);
  expect(readFileSync(site.syncd.clientFile('ahost'), 'utf8')).toBe(text);
  expect(await site.must('client', 'disable', 'ahost', '--reason', 'lost', '--quiet')).toBe('');
  expect((await site.run('status')).stdout).toContain(': lost');
  expect(await site.must('client', 'enable', 'ahost', '--quiet')).toBe('');
  expect(JSON.parse(await site.must('client', 'enable', 'ahost', '--json'))).toEqual({
    schemaVersion: 1,
    client: 'ahost',
    enabled: true,
    isChanged: false,
  });
});

test('a name that is a path, an unknown name and an empty reason are refused, and nothing is written', async () => {
  const site = new Site();
  for (const name of ['../ahost', 'a/b', '.', '..', 'AHOST', '']) {
    const { code, stderr } = await site.run('client', 'disable', name, '--reason', 'x');
    expect({ name, code }).toEqual({ name, code: 64 });
    expect(stderr).toContain('cannot be the name of a client');
    expect((await site.run('client', 'enable', name)).code).toBe(64);
  }
  expect((await site.run('client', 'disable', 'nobody', '--reason', 'x')).code).toBe(64);
  expect((await site.run('client', 'disable', 'ahost', '--reason', ' ')).code).toBe(64);
  expect((await site.run('client', 'disable', 'ahost')).code).toBe(64);
  expect(existsSync(join(site.syncd.configDir, 'ahost.yaml'))).toBe(false);
});

test('a client is not enabled while its configuration has problems, nor disabled while it cannot be read', async () => {
  const site = new Site();
  const file = site.syncd.clientFile('ahost');
  writeFileSync(file, 'enabled: false\nsurce: 1\n');
  const enabled = await site.run('client', 'enable', 'ahost');
  expect(enabled.code).toBe(78);
  expect(enabled.stderr).toContain('clients/ahost.yaml:1:1: surce: unknown key; did you mean');
  expect(readFileSync(file, 'utf8')).toBe('enabled: false\nsurce: 1\n');

  writeFileSync(file, 'source: [');
  expect(await site.run('client', 'disable', 'ahost', '--reason', 'x')).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('not valid YAML') as unknown,
  });
  expect(readFileSync(file, 'utf8')).toBe('source: [');
  writeFileSync(file, 'surce: 1\n');
  expect(await site.must('client', 'disable', 'ahost', '--reason', 'x')).toContain('disabled');
});

test('an edit by hand in the middle of a command is kept, and the command says that it changed nothing', async () => {
  for (const verb of [
    ['disable', 'ahost', '--reason', 'sold'],
    ['rename', 'ahost', 'bhost'],
  ]) {
    const { syncd } = new Site();
    const file = syncd.clientFile('ahost');
    const text = `# by hand\n${readFileSync(file, 'utf8')}`;
    const commands = new InProcess(syncd.configDir, {
      ...systemClock,
      now() {
        writeFileSync(file, text); // the file was read before the time is asked for
        return systemClock.now();
      },
    });

    const { code, stderr } = await commands.run('client', ...verb);

    expect({ verb, code, text: readFileSync(file, 'utf8') }).toEqual({ verb, code: 75, text });
    expect(stderr).toMatch(/someone else changed .* in the meantime/);
  }
});

test('a file in any form that a person writes is as it was after client disable and enable', async () => {
  const { syncd, source } = new Site();
  const file = syncd.clientFile('ahost');
  const texts = [
    `source: { directory: ${source} }`,
    `source:\r\n  directory: ${source} # an SSD\r\n`,
    `---\nsource: { directory: ${source} }\n...\n`,
    `# top\nsource: &s { directory: ${source} }\n\n# the end\n`,
    `expect: &e { snapshotEvery: &d 7d }\nsource: { directory: ${source} }\naudit: { every: *d }\n`,
    `"source":\n      directory:   '${source}'\n`,
  ];
  for (const text of texts) {
    writeFileSync(file, text);
    expect(await syncd.here(['client', 'disable', 'ahost', '--reason', '#1: "x"'])).toMatchObject({
      code: 0,
    });
    expect(await syncd.here(['client', 'enable', 'ahost'])).toMatchObject({ code: 0 });
    expect(readFileSync(file, 'utf8').trimEnd()).toBe(text.trimEnd());
  }
  const tabs = `source:\n\tdirectory: ${source}\n`;
  writeFileSync(file, tabs);
  expect(await syncd.here(['client', 'disable', 'ahost', '--reason', 'x'])).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('Tabs are not allowed') as unknown,
  });
  expect(readFileSync(file, 'utf8')).toBe(tabs);
});
