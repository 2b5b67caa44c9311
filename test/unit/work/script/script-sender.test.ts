import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { InspectOptions } from '../../../../src/backends/backend.ts';
import { runScript } from '../../../../src/work/script/run-script.ts';
import { ScriptBackend } from '../../../../src/backends/script/script-backend.ts';
import { ScriptSender } from '../../../../src/work/script/script-sender.ts';
import { identifyProcess } from '../../../../src/runtime/process-identity.ts';
import { DIRECT_FILES } from '../../../../src/files/own-files.ts';
import { SILENT_LOG, type Log } from '../../../../src/log/log.ts';
import { heldOf } from '../../../../src/repository/held.ts';
import type { View } from '../../../../src/repository/view.ts';
import type { BackendFacts } from '../../../../src/facts/facts.ts';
import { initialBackend } from '../../../../src/facts/initial.ts';
import { countObjects } from '../../../../src/repository/objects.ts';
import { SyncdError } from '../../../../src/runtime/errors.ts';
import { onCleanUp } from '../../../support/clean-up.ts';
import { NO_OBJECTS } from '../../../../src/repository/objects.ts';
import { MemoryLocation } from '../../../support/memory-location.ts';
import { temporaryDirectory } from '../../../support/temp.ts';
import {
  backup,
  NEVER,
  repository,
  passOf,
  sendOptions,
  viewOf,
} from '../../replication/fixtures.ts';

const owner = { client: 'ahost', backend: 'own', writer: 'here' };

/** A backend whose script is a shell command; `act` does what each line that it prints stands for. */
function makeBackend(text: string, act: (line: string) => void, glanceMs = 60_000) {
  const said: string[] = [];
  const log: Log = {
    debug: () => undefined,
    info: (_, line) => {
      said.push(line);
      act(line);
    },
    warn: (_, line) => void said.push(line),
    error: () => undefined,
    child: () => log,
  };
  const place = new MemoryLocation(undefined, '/replica');
  const files = { directory: join(temporaryDirectory(), 'lists'), files: DIRECT_FILES };
  const backend = new ScriptBackend({ owner, files, verify: place, isRemote: false });
  const sender = new ScriptSender({
    backend,
    script: {
      ...files,
      command: ['/bin/sh', '-c', text],
      deadlineMs: 60_000,
      env: { PATH: process.env['PATH'] },
      log,
    },
    glanceMs,
  });
  return { backend, sender, place, said };
}

function lookOptions(
  source: MemoryLocation,
  view: View,
  remembered: Partial<BackendFacts> = {},
): InspectOptions {
  return {
    view,
    source,
    signal: NEVER,
    now: 5,
    wanted: 'poll',
    isIdle: false,
    configSha256: view.configSha256,
    remembered: { ...initialBackend(1), ...remembered },
  };
}

function copy(from: MemoryLocation, to: MemoryLocation, prefix = ''): void {
  for (const path of from.place.paths(prefix)) {
    if (path.startsWith('locks/')) continue;
    to.place.put(path, from.place.content(path) ?? '');
  }
}

test('the source is pruned while the script runs: it runs again, and complete snapshots count', async () => {
  const { model, source } = repository(backup(1, 2), backup(3));
  const { backend, sender, place, said } = makeBackend('echo copy', () => {
    copy(source, place);
    if (said.length === 1) {
      place.place.delete(place.place.paths('data/')[0] ?? ''); // it was gone before it was read
      model.add({ verb: 'forget', which: 0 });
      model.add({ verb: 'prune' });
      model.finish();
    }
  });
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  const sent = await sender.send(view, sendOptions(source));

  expect(said).toEqual(['copy', 'copy']);
  expect(sent.replans).toBe(1);
  expect(sent.view.objects.snapshots.count).toBe(1);
  expect(sent.remember?.told).toBe(sent.view.objects.snapshots);
  expect(backend.known.visible).toBeDefined();
  expect(backend.known.visible.count).toBe(1);
});

test('a snapshot that arrived meanwhile is owed, and is not a fault', async () => {
  const { model, source } = repository(backup(1, 2));
  const { backend, sender, place } = makeBackend('echo copy', () => {
    copy(source, place);
    model.add(backup(9));
    model.finish();
  });
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  const sent = await sender.send(view, sendOptions(source));

  expect(sent.view).toBe(view);
  expect(backend.known.visible.count).toBe(1);
  expect(sender.work(await viewOf(source), 'schedule')).toMatchObject({
    isNothing: false,
  });
});

test('a script that makes a separate repository, as restic copy does: the first pass says so', async () => {
  const { source } = repository(backup(1, 2));
  const other = repository(backup(3));
  other.source.place.put('config', 'of another repository');
  for (const key of other.source.place.paths('keys/')) other.source.place.delete(key);
  other.source.place.put(`keys/${'e'.repeat(64)}`, 'another key');
  const { backend, sender, place } = makeBackend('echo copy', () => copy(other.source, place));
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  await expect(sender.send(view, sendOptions(source))).rejects.toMatchObject({
    reason: 'diverged',
    message: expect.stringContaining('has a different config from the source') as unknown,
    hint: expect.stringContaining('leave verify out for it') as unknown,
  });
});

test('while it runs, only what is seen to arrive is progress', async () => {
  const { source } = repository(backup(1, 2), backup(3, 4));
  const { backend, sender, place } = makeBackend(
    'echo keys; sleep 0.3; echo nothing; sleep 0.3; echo rest',
    (line) => {
      if (line !== 'nothing') copy(source, place, line === 'keys' ? 'keys/' : '');
    },
    20,
  );
  const view = await viewOf(source);
  const left: (number | undefined)[] = [];
  await backend.inspect(lookOptions(source, view));

  await sender.send(
    view,
    sendOptions(source, { pass: passOf({ alive: (amount) => void left.push(amount?.objects) }) }),
  );

  const total = countObjects(view.objects);
  expect(left[0]).toBe(total - 1);
  expect(left.length).toBeLessThanOrEqual(2); // the second one if it is checked just before the end
});

test('after a restart, a new snapshot that is visible without its data does not count; the others do', async () => {
  const { model, source } = repository(backup(1), backup(2));
  const { backend, sender, place } = makeBackend('exit 1', () => undefined);
  copy(source, place);
  const before = await viewOf(source);
  const known = {
    place: { markerId: 'verify /replica' },
    contents: {
      lost: NO_OBJECTS,
      baselineAt: 1,
      held: heldOf(before.objects),
      complete: before.objects.snapshots,
      told: before.objects.snapshots,
    },
  };
  model.add(backup(3));
  model.finish();
  for (const path of source.place.paths('snapshots/'))
    place.place.put(path, source.place.content(path) ?? '');
  const view = await viewOf(source);

  await backend.inspect(lookOptions(source, view, known));

  expect(place.place.paths('snapshots/')).toHaveLength(3);
  expect(backend.known.visible.count).toBe(2);
  expect(backend.known.isDamaged).toBe(false);
  expect(sender.work(view, 'schedule').isNothing).toBe(false);
});

test('a source without snapshots does not start a script that may delete', async () => {
  const { source } = repository(backup(1));
  const { backend, sender, place } = makeBackend('exit 1', () => undefined);
  copy(source, place);
  for (const path of source.place.paths('snapshots/')) source.place.delete(path);
  const view = await viewOf(source);

  await backend.inspect(lookOptions(source, view));

  expect(sender.work(view, 'request').isNothing).toBe(true);
});

test('facts of another place do not apply to this one', async () => {
  const { source } = repository(backup(1));
  const { backend } = makeBackend('exit 1', () => undefined);
  const view = await viewOf(source);
  const { snapshots } = view.objects;

  const facts = await backend.inspect(
    lookOptions(source, view, {
      place: { markerId: 'verify /elsewhere', since: 1 },
      contents: { lost: NO_OBJECTS, baselineAt: 1, complete: snapshots, told: snapshots },
    }),
  );

  expect(facts.place).toMatchObject({ markerId: 'verify /replica', since: 5 });
  expect(backend.known.baselineAt).toBeUndefined();
  expect(backend.known.visible.count).toBe(0);
});

test('lines without an end, and more of them than anybody reads, are cut', async () => {
  const { source } = repository(backup(1));
  const { backend, sender, said } = makeBackend(
    'head -c 10000 /dev/zero | tr "\\0" x; echo; yes | head -n 20000; exit 7',
    () => undefined,
  );
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  const failure = sender.send(view, sendOptions(source));

  await expect(failure).rejects.toThrow(SyncdError);
  await expect(failure).rejects.toMatchObject({ reason: 'tool', message: '/bin/sh exited with 7' });
  expect(said.slice(0, 4).map(({ length }) => length)).toEqual([4096, 4096, 1808, 1]);
  expect(said).toHaveLength(10_001);
});

test('a child that writes without a pause reports activity from time to time, not for each line', async () => {
  const { source } = repository(backup(1));
  const { signal } = new AbortController();
  let signs = 0;
  await runScript(
    {
      command: ['/bin/sh', '-c', 'yes | head -n 100000'],
      deadlineMs: 60_000,
      directory: temporaryDirectory(),
      files: DIRECT_FILES,
      env: { PATH: process.env['PATH'] },
      log: SILENT_LOG,
    },
    {
      owner,
      source: source.label,
      changes: { added: [], removed: [] },
      signal,
      onOutput: () => (signs += 1),
    },
  );

  expect(signs).toBeGreaterThan(0);
  expect(signs).toBeLessThan(1_000);
});

test.each([
  ['in its process group', 'sleep 600 & echo $!'],
  ['in a session of its own', 'setsid sleep 600 & echo $!'],
])('what a script leaves running, %s, is not waited for', async (_, text) => {
  const { source } = repository(backup(1));
  const pids: number[] = [];
  const { backend, sender, place } = makeBackend(text, (line) => {
    pids.push(Number(line));
    copy(source, place);
  });
  onCleanUp(() => pids.forEach(endQuietly));
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  const sent = await sender.send(view, sendOptions(source));

  expect(pids).toHaveLength(1);
  expect(sent.view).toBe(view);
  expect(pids.some(isAlive)).toBe(false);
});

test.each([
  ['in a session of its own', 'setsid sleep 600 & echo $!; wait'],
  ['by a double fork', '(setsid sh -c "sleep 600 & echo \\$!" &); sleep 600'],
  [
    'that ignores SIGTERM',
    'setsid sh -c "trap \\"\\" TERM; echo \\$\\$; sleep 600; sleep 600" & wait',
  ],
])('when a script is stopped, what it has started %s ends, too', async (_, text) => {
  const { source } = repository(backup(1));
  const controller = new AbortController();
  const pids: number[] = [];
  const { backend, sender } = makeBackend(text, (line) => {
    pids.push(Number(line));
    controller.abort();
  });
  onCleanUp(() => pids.forEach(endQuietly));
  const view = await viewOf(source);
  await backend.inspect(lookOptions(source, view));

  await expect(
    sender.send(view, sendOptions(source, { pass: passOf({ signal: controller.signal }) })),
  ).rejects.toThrow('aborted');

  expect(pids).toHaveLength(1);
  expect(pids.some(isAlive)).toBe(false);
});

function isAlive(pid: number): boolean {
  return identifyProcess(pid) !== undefined;
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
