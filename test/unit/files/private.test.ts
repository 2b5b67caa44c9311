import { chmodSync, chownSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { callDaemon } from '../../../src/client/control-client.ts';
import { ThreadedFiles } from '../../../src/files/threaded-files.ts';
import { requireOwnSocket, requirePrivate } from '../../../src/files/private.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory } from '../../support/temp.ts';
import { describeWithTools } from '../../support/tools.ts';

const self = process.geteuid?.() ?? 0;
const [US, STRANGER] = [4711, 4712];

/** The user that this process claims to be: file owners are real, as far as root can give files away. */
function be(uid: number): void {
  jest.spyOn(process as Required<NodeJS.Process>, 'geteuid').mockReturnValue(uid);
}

afterEach(() => void jest.restoreAllMocks());

function runtimeDirectory({ mode = 0o755, owner = self } = {}): string {
  const directory = join(temporaryDirectory(), 'runtime');
  mkdirSync(directory);
  chmodSync(directory, mode);
  if (owner !== self) chownSync(directory, owner, owner);
  return directory;
}

async function listenAs(path: string): Promise<string[]> {
  const heard: string[] = [];
  const server = createServer((socket) => {
    socket.on('data', (bytes) => void heard.push(bytes.toString()));
    socket.end('{"type":"nudged"}\n');
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onCleanUp(() => void server.close());
  return heard;
}

async function ask(path: string): Promise<unknown[]> {
  const { signal } = new AbortController();
  const answers = [];
  for await (const answer of callDaemon(path, { verb: 'nudge' }, { signal, silenceMs: 5_000 }))
    answers.push(answer);
  return answers;
}

test('a socket of our own in a directory of our own is believed', async () => {
  const path = join(runtimeDirectory(), 'ahost.sock');
  await listenAs(path);

  expect(await ask(path)).toEqual([{ type: 'nudged' }]);
});

test.each([0o777, 0o1777, 0o702])('in a directory of mode %o nothing is asked', async (mode) => {
  const directory = runtimeDirectory({ mode });
  const heard = await listenAs(join(directory, 'ahost.sock'));

  await expect(ask(join(directory, 'ahost.sock'))).rejects.toMatchObject({
    why: 'unavailable',
    message: expect.stringContaining('everyone can write to'),
    hint: expect.stringContaining(`chmod o-w ${directory}`),
  });
  expect(heard).toEqual([]);
});

test('a daemon puts no socket into a directory that everybody can write to, and leaves what is there', async () => {
  const directory = runtimeDirectory({ mode: 0o1777 });
  writeFileSync(join(directory, 'ahost.sock'), 'of a stranger');
  const files = new ThreadedFiles(directory);
  onCleanUp(() => files.close());

  const refused = expect.objectContaining({ code: 'ENOTPRIVATE' });
  await expect(files.call('makePrivate', { path: directory })).rejects.toEqual(refused);
  const serve = files.serve(join(directory, 'ahost.sock'), () => undefined);
  await expect(serve).rejects.toEqual(refused);
  expect(readdirSync(directory)).toEqual(['ahost.sock']);
});

describeWithTools(['root'], 'files of others', () => {
  test("a stranger's directory is refused, and so is a stranger's socket in ours", async () => {
    const [theirs, ours] = [runtimeDirectory({ owner: STRANGER }), runtimeDirectory({ owner: US })];
    await Promise.all([theirs, ours].map((directory) => listenAs(join(directory, 'a.sock'))));
    be(US);

    expect(() => requirePrivate(theirs)).toThrow(`belongs to uid ${STRANGER}`);
    chownSync(join(ours, 'a.sock'), STRANGER, STRANGER);
    await expect(ask(join(ours, 'a.sock'))).rejects.toMatchObject({
      why: 'unavailable',
      message: expect.stringContaining(`belongs to uid ${STRANGER}`),
    });
  });

  test.each([
    { of: "root's, whoever asks", asking: US, owner: US, maker: 0 },
    { of: 'made by the one who asks', asking: US, owner: 0, maker: US },
    { of: 'made by the owner of the directory, when root asks', asking: 0, owner: US, maker: US },
  ])('a socket is believed that is $of', async ({ asking, owner, maker }) => {
    const path = join(runtimeDirectory({ owner }), 'a.sock');
    await listenAs(path);
    chownSync(path, maker, maker);
    be(asking);

    expect(() => requireOwnSocket(path)).not.toThrow();
  });

  test('root does not trust a socket of another user', async () => {
    const path = join(runtimeDirectory(), 'a.sock');
    await listenAs(path);
    chownSync(path, STRANGER, STRANGER);

    await expect(ask(path)).rejects.toMatchObject({ why: 'unavailable' });
  });
});
