import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { onCleanUp } from '../../../support/clean-up.ts';
import { InProcess } from '../../../support/in-process.ts';
import { Site } from '../../../support/site.ts';
import { Syncd } from '../../../support/syncd.ts';

interface Document {
  readonly severity: string;
  readonly findings: readonly {
    readonly check: string;
    readonly severity: string;
    readonly client?: string;
    readonly place?: string;
    readonly message: string;
    readonly hint?: string;
  }[];
}

async function examined(site: Pick<Site, 'run'>, ...args: string[]): Promise<Document> {
  return JSON.parse((await site.run('doctor', '--json', ...args)).stdout) as Document;
}

test('doctor finds what check-config finds, and says for whom it has judged', async () => {
  const site = await Site.synced();
  writeFileSync(site.syncd.clientFile('bhost'), '{"surce": {}}');

  const { code, stdout } = await site.run('doctor');

  expect(code).toBe(2);
  expect(stdout).toMatch(/^error {4}configuration {2}bhost: clients\/bhost\.yaml:1:2: surce: /m);
  expect(stdout).toMatch(/\n\n2 errors.*; permissions were judged for \S/);
});

test('doctor of one client does not say what is wrong with another one', async () => {
  const site = await Site.synced();
  writeFileSync(site.syncd.clientFile('bhost'), '{"surce": {}}');

  const { findings } = await examined(site, 'ahost');

  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

test('doctor without a client says how to add one', async () => {
  const { code, stdout } = await new InProcess(new Syncd().configDir).run('doctor');

  expect(code).toBe(1);
  expect(stdout).toContain('backup-syncd client add NAME');
});

test('doctor of an unknown client is a usage error', async () => {
  const { code, stderr } = await new Site().run('doctor', 'nobody');

  expect(code).toBe(64);
  expect(stderr).toMatch(/there is no client nobody(.|\n)*ahost/);
});

test('doctor --as a user who does not exist is a usage error', async () => {
  const { code, stderr } = await new Site().run('doctor', '--as', 'no-such-user');

  expect({ code, stderr }).toEqual({
    code: 64,
    stderr: 'backup-syncd: this machine has no user no-such-user\n',
  });
});

test('doctor says that another program has the port, until that is gone', async () => {
  const other = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => other.close());
  const { port } = other.address() as AddressInfo;
  const syncd = new Syncd({ listen: `127.0.0.1:${port}` });
  const commands = new InProcess(syncd.configDir);
  const found = async () =>
    (await examined(commands)).findings.find(({ check }) => check === 'ports');

  expect(await found()).toMatchObject({
    severity: 'error',
    message: `another program listens at 127.0.0.1:${port}`,
    hint: expect.stringContaining(`ss -ltnp 'sport = :${port}'`),
  });

  await new Promise((resolve) => other.close(resolve));
  expect(await found()).toEqual({
    check: 'ports',
    severity: 'ok',
    message: `127.0.0.1:${port} is free`,
  });
});

test('doctor asks a daemon that runs', async () => {
  const site = await Site.synced();
  await site.daemon();

  const { findings } = await examined(site);

  expect(findings).toContainEqual({
    check: 'daemon',
    severity: 'ok',
    client: 'ahost',
    message: 'running',
  });
  expect(findings.filter(({ severity }) => !['ok', 'warning'].includes(severity))).toEqual([]);
});

test('doctor takes no password in an address, and does not repeat it', async () => {
  const address = 'http://someone:secret@127.0.0.1:9090';
  const { code, stdout, stderr } = await new Site().run('doctor', '--prometheus', address);

  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toContain('takes no user and no password');
  expect(stderr).not.toMatch(/secret|someone/);
});

test('doctor of a disabled client has nothing to examine', async () => {
  const site = await Site.synced();
  await site.must('client', 'disable', 'ahost', '--reason', 'moving');

  expect(await site.run('doctor', 'ahost')).toMatchObject({
    code: 3,
    stdout: '',
    stderr: expect.stringContaining('client enable ahost'),
  });
});

test('doctor asks a Prometheus below a path, and ignores parameters', async () => {
  const asked: string[] = [];
  const server = createHttpServer(({ url = '' }, response) => {
    asked.push(url);
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const commands = new InProcess(new Syncd().configDir);

  const { findings } = await examined(
    commands,
    '--prometheus',
    `http://127.0.0.1:${port}/below?token=secret`,
  );

  expect(asked).toEqual(['/below/api/v1/targets?state=active']);
  expect(findings.at(-1)?.message).toMatch(/targets does not answer like a Prometheus$/);
});
