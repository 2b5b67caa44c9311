import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import { acquireLock, lockHolder } from '../../../src/state/lock.ts';
import { identifyProcess, livenessOf } from '../../../src/runtime/process-identity.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { failingCall } from '../../support/fail-calls.ts';
import { startProcess } from '../../support/process.ts';
import { openTemporaryDirectory, temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools } from '../../support/tools.ts';

const NOBODY = 65_534;
/** The child, compiled once: in each of forty processes, that would cost half a second of processor time. */
const SCRIPT = join(openTemporaryDirectory(), 'hold-lock.cjs');
buildSync({
  entryPoints: [fileURLToPath(new URL('hold-lock.ts', import.meta.url))],
  outfile: SCRIPT,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
});

function startHolder(directory: string, env: NodeJS.ProcessEnv = {}) {
  const [program, ...args] = holderCommand(directory);
  return startProcess(program, args, { env });
}

function holderCommand(directory: string): [program: string, ...args: string[]] {
  return [process.execPath, SCRIPT, directory, 'ahost'];
}

/** A command that sees only the part of /proc that these options leave, as in the sandbox of a service. */
function withProc(options: string, ...command: readonly string[]) {
  const script = `mount -t proc -o ${options} proc /proc && exec "$@"`;
  return startProcess('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command]);
}

const lockFiles = (directory: string) =>
  readdirSync(directory).filter((name) => name.startsWith('ahost.lock'));

test('a lock is held until it is released, and names its holder', async () => {
  const directory = temporaryDirectory();

  const lock = await acquireLock(directory, 'ahost');

  await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({
    name: 'LockedError',
    pid: process.pid,
  });
  expect(await lockHolder(directory, 'ahost')).toBe(process.pid);
  await lock.release();
  expect(await lockHolder(directory, 'ahost')).toBeUndefined();
  await (await acquireLock(directory, 'ahost')).release();
});

test('locks of other clients do not matter, even if a name begins the same', async () => {
  const directory = temporaryDirectory();

  const locks = await Promise.all(
    ['a', 'a.lock.1', 'a.lock', 'ab'].map((base) => acquireLock(directory, base)),
  );

  for (const base of ['a', 'a.lock.1', 'a.lock', 'ab'])
    expect(await lockHolder(directory, base)).toBe(process.pid);
  await Promise.all(locks.map((lock) => lock.release()));
});

test('of many concurrent calls in one process, exactly one wins', async () => {
  const directory = temporaryDirectory();

  const settled = await Promise.allSettled(
    Array.from({ length: 50 }, () => acquireLock(directory, 'ahost')),
  );

  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(lockFiles(directory)).toHaveLength(1);
  expect(readdirSync(directory)).toHaveLength(2); // the lock and its socket
});

test('taken and released in turns, no files pile up', async () => {
  const directory = temporaryDirectory();

  for (let n = 0; n < 20; n++) await (await acquireLock(directory, 'ahost')).release();

  expect(readdirSync(directory)).toEqual(['ahost.lock.20']);
});

test('twelve processes at once after the holder was killed: one wins, the others name it', async () => {
  const directory = temporaryDirectory();
  const first = startHolder(directory);
  await first.waitForLine(/^held/, 20_000);
  const inTheWay = startHolder(directory);
  expect(await inTheWay.waitForLine(/^locked/, 20_000)).toBe(`locked by ${first.pid}`);
  first.kill('SIGKILL');
  await first.exited;

  const rivals = Array.from({ length: 12 }, () => startHolder(directory));
  const lines = await Promise.all(
    rivals.map((rival) => rival.waitForLine(/^(held|locked)/, 50_000)),
  );

  const winner = lines.find((line) => line.startsWith('held'))?.replace('held ', '') ?? '';
  expect(lines.filter((line) => line.startsWith('held'))).toEqual([`held ${winner}`]);
  expect(lines.filter((line) => line === `locked by ${winner}`)).toHaveLength(rivals.length - 1);
  expect(await lockHolder(directory, 'ahost')).toBe(Number(winner));
});

const CODES = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95 };

describeWithTools(['fail-calls'], 'on a file system without hard links', () => {
  test.each(Object.entries(CODES))(
    '%s: of six processes at once, after the holder was killed, one wins',
    async (_code, errno) => {
      const directory = temporaryDirectory();
      const env = failingCall('link', errno, { path: directory });
      const first = startHolder(directory, env);
      await first.waitForLine(/^held/, 20_000);
      expect(await lockHolder(directory, 'ahost')).toBe(first.pid);
      await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ pid: first.pid });
      first.kill('SIGKILL');
      await first.exited;

      const rivals = Array.from({ length: 6 }, () => startHolder(directory, env));
      const lines = await Promise.all(
        rivals.map((rival) => rival.waitForLine(/^(held|locked)/, 50_000)),
      );

      const winner = lines.find((line) => line.startsWith('held'))?.replace('held ', '') ?? '';
      expect(lines.filter((line) => line.startsWith('held'))).toEqual([`held ${winner}`]);
      expect(lines.filter((line) => line === `locked by ${winner}`)).toHaveLength(5);
      expect(lockFiles(directory)).toEqual(['ahost.lock.2']);
      expect(readdirSync(directory)).toHaveLength(2); // the lock and its socket
    },
    90_000,
  );
});

test('locks that are directories and locks that are files follow one another', async () => {
  const directory = temporaryDirectory();
  const noLinks: OwnFiles = {
    ...DIRECT_FILES,
    call: async (operation, args) =>
      DIRECT_FILES.call(operation, operation === 'claim' ? { ...args, hasLinks: false } : args),
  };

  for (const files of [noLinks, DIRECT_FILES, noLinks, noLinks, DIRECT_FILES]) {
    const lock = await acquireLock(directory, 'ahost', files);
    expect(await lockHolder(directory, 'ahost')).toBe(process.pid);
    await expect(acquireLock(directory, 'ahost', noLinks)).rejects.toThrow('is locked by');
    await expect(acquireLock(directory, 'ahost')).rejects.toThrow('is locked by');
    await lock.release();
    expect(await lockHolder(directory, 'ahost')).toBeUndefined();
  }

  expect(readdirSync(directory)).toEqual(['ahost.lock.5']);
});

test.each([
  ['of a process that has ended', { pid: 2 ** 22 - 1 }],
  ['of a process whose number another one has now', { pid: process.pid, startedAt: '1' }],
  ['from before the machine was started anew', { bootId: 'another boot' }],
  ['cut short by a power cut', 'x{'],
  ['of no bytes', ''],
])('a lock %s is stale', async (_what, holder) => {
  const directory = temporaryDirectory();
  const text = typeof holder === 'string' ? holder : JSON.stringify({ ...self(), ...holder });
  writeFileSync(join(directory, 'ahost.lock.7'), text);

  const lock = await acquireLock(directory, 'ahost');

  expect(lockFiles(directory)).toEqual(['ahost.lock.8']);
  await lock.release();
});

test('a lock of a process that lives is not stale', async () => {
  const directory = temporaryDirectory();
  const holder = { ...identifyProcess(process.ppid), nonce: 'x' };
  writeFileSync(join(directory, 'ahost.lock.7'), JSON.stringify(holder));

  await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ pid: process.ppid });
});

test('a holder in another PID namespace is trusted only while it listens on its socket', async () => {
  const directory = temporaryDirectory();
  const socket = `.lock-${'0'.repeat(16)}`;
  const holder = { ...self(), namespace: 'pid:[1]', nonce: 'x', socket };
  writeFileSync(join(directory, 'ahost.lock.7'), JSON.stringify(holder));
  const server = createServer().listen(join(directory, socket));
  onCleanUp(() => server.close());
  await once(server, 'listening');

  await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ pid: process.pid });
  expect(await lockHolder(directory, 'ahost')).toBe(process.pid);

  server.close();
  await once(server, 'close');
  const lock = await acquireLock(directory, 'ahost');
  expect(lockFiles(directory)).toEqual(['ahost.lock.8']);
  await lock.release();
});

describeWithTools(['tmpfs'], 'in the sandbox of a service', () => {
  test('a holder that cannot see which boot this is (ProcSubset=pid) keeps its lock', async () => {
    const directory = temporaryDirectory();
    const holder = withProc('subset=pid', ...holderCommand(directory));
    await holder.waitForLine(/^held/, 20_000);

    await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ pid: holder.pid });

    holder.kill('SIGKILL');
    await holder.exited;
    await (await acquireLock(directory, 'ahost')).release();
  });

  test('a holder that became another user is respected where it cannot be seen (ProtectProc=invisible)', async () => {
    const [directory, ownTmp] = [openTemporaryDirectory(), openTemporaryDirectory()];
    for (const path of [directory, ownTmp]) chownSync(path, NOBODY, NOBODY);
    const [program, ...args] = holderCommand(directory);
    const holder = startProcess(program, [...args, String(NOBODY)]);
    await holder.waitForLine(/^held/, 20_000);

    // the program may lie where only root may go, as in a private checkout
    const search = ['--inh-caps', '+dac_read_search', '--ambient-caps', '+dac_read_search'];
    const user = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
    const asNobody = ['setpriv', ...user, ...search, 'env', `TMPDIR=${ownTmp}`];
    const rival = withProc('hidepid=2', ...asNobody, program, ...args);

    expect(await rival.waitForLine(/^(held|locked)/, 20_000)).toBe(`locked by ${holder.pid}`);
  });
});

test('sockets are found below a directory whose path is too long for one', async () => {
  const directory = join(temporaryDirectory(), 'a'.repeat(120));
  mkdirSync(directory);

  const lock = await acquireLock(directory, 'ahost');
  const [name = ''] = lockFiles(directory);
  const holder = JSON.parse(readFileSync(join(directory, name), 'utf8')) as { socket: string };
  writeFileSync(join(directory, name), JSON.stringify({ ...holder, namespace: 'pid:[1]' }));

  expect(statSync(join(directory, holder.socket)).isSocket()).toBe(true);
  await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ name: 'LockedError' });
  await lock.release();
  expect(readdirSync(directory)).toEqual([name]);
});

describeWithTools(['tmpfs'], 'two containers on one state directory', () => {
  const isolation = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  const startContainer = (directory: string) =>
    startProcess('unshare', [...isolation, ...holderCommand(directory)]);

  test('only one has the client; when that one is killed, the other', async () => {
    const directory = temporaryDirectory();
    const first = startContainer(directory);
    await first.waitForLine(/^held/, 20_000);
    const second = startContainer(directory);
    expect(await second.waitForLine(/^(held|locked)/, 20_000)).toMatch(/^locked by \d+$/);
    await expect(acquireLock(directory, 'ahost')).rejects.toMatchObject({ name: 'LockedError' });

    first.killGroup('SIGKILL');
    await first.exited;
    const third = startContainer(directory);
    expect(await third.waitForLine(/^(held|locked)/, 20_000)).toMatch(/^held/);
    expect(readdirSync(directory)).toHaveLength(2); // the lock and its socket
  });
});

test('a process is identified by more than its number', () => {
  const me = self();

  expect(livenessOf(me)).toBe('alive');
  expect(me.pid).toBe(process.pid);
  expect(me.startedAt).toMatch(/^\d+$/);
  expect(identifyProcess(2 ** 22 - 1)).toBeUndefined();
});

test('the lock file names its holder for people, too', async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory, 'ahost');

  const text = readFileSync(join(directory, 'ahost.lock.1'), 'utf8');

  expect(JSON.parse(text)).toMatchObject({ pid: process.pid });
  await lock.release();
});

function self() {
  const me = identifyProcess('self');
  if (me === undefined) throw new Error('there is no /proc');
  return me;
}
