import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SharedPrograms, type PassOwner } from '../../../src/work/around.ts';
import type { Log } from '../../../src/log/log.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';

/** Records events in order: real programs write to a file, and so does the test. */
class Scene {
  readonly directory = temporaryDirectory();
  readonly said: string[] = [];
  readonly shown: string[] = [];
  readonly sharedPrograms = new SharedPrograms();
  private readonly file = join(this.directory, 'events');

  /** A shell that notes its name, then does this. */
  program(name: string, text = ':'): readonly [string, ...string[]] {
    return ['/bin/sh', '-c', `echo ${name} >>${this.file}; ${text}`];
  }

  note(event: string): void {
    appendFileSync(this.file, `${event}\n`);
  }

  get events(): string[] {
    return existsSync(this.file) ? readFileSync(this.file, 'utf8').split('\n').slice(0, -1) : [];
  }

  owner(signal: AbortSignal = new AbortController().signal, client = 'ahost') {
    const log: Log = {
      debug: () => undefined,
      info: (_, line) => void this.said.push(`info ${line}`),
      warn: (_, line) => void this.said.push(`warn ${line}`),
      error: () => undefined,
      child: () => log,
    };
    const env = { PATH: process.env['PATH'], SECRET: 'of the daemon' };
    const owner: PassOwner = { client, backend: 'usb', source: '/source', env, log };
    const during = <T>(what: string, work: () => Promise<T>): Promise<T> => {
      this.shown.push(what);
      return work();
    };
    return { ...owner, signal, during };
  }
}

const deadlineMs = 60_000;

test('before, the pass, after; each knows the client and backend, and no secrets', async () => {
  const scene = new Scene();
  const environment = join(scene.directory, 'environment');
  const programs = {
    before: scene.program('before', `env >${environment}; echo hello`),
    deadlineMs,
    after: scene.program('after'),
  };

  const result = await scene.sharedPrograms.around(programs, scene.owner(), async () => {
    scene.note('pass');
    return 7;
  });

  expect(result).toBe(7);
  expect(scene.events).toEqual(['before', 'pass', 'after']);
  expect(scene.said).toEqual(['info hello']);
  expect(scene.shown).toEqual(['running before', 'running after']);
  const given = readFileSync(environment, 'utf8').split('\n');
  expect(given).toContain('BACKUP_SYNCD_CLIENT=ahost');
  expect(given).toContain('BACKUP_SYNCD_BACKEND=usb');
  expect(given).toContain('BACKUP_SYNCD_SOURCE=/source');
  expect(given.join('\n')).not.toContain('of the daemon');
});

test('before fails: no pass runs, but after does', async () => {
  const scene = new Scene();
  const programs = {
    before: scene.program('before', 'echo no disk >&2; exit 3'),
    deadlineMs,
    after: scene.program('after'),
  };

  const passed = scene.sharedPrograms.around(programs, scene.owner(), async () =>
    scene.note('pass'),
  );

  await expect(passed).rejects.toMatchObject({
    reason: 'unreachable',
    message: 'before: /bin/sh exited with 3',
    hint: 'no pass runs until it succeeds; its output is in the log of the daemon, with client ahost and backend usb; without a daemon, to see it, run: backup-syncd --log-level info sync ahost --backend usb',
  });
  expect(scene.events).toEqual(['before', 'after']);
  expect(scene.said).toEqual(['info no disk']);
});

test('a missing program for before is reported', async () => {
  const scene = new Scene();
  const programs = { before: ['/nowhere/mount_usb'] as const, deadlineMs };

  const passed = scene.sharedPrograms.around(programs, scene.owner(), async () =>
    scene.note('pass'),
  );

  await expect(passed).rejects.toMatchObject({
    reason: 'tool', // it says nothing of the disk
    message:
      'before: /nowhere/mount_usb exited with 127: it, or a program that it calls, does not exist',
  });
});

test('before hangs: it is ended at its deadline, with all that it has started', async () => {
  const scene = new Scene();
  const programs = {
    before: scene.program('before', 'sleep 600 & sleep 600'),
    deadlineMs: 300,
    after: scene.program('after'),
  };

  const passed = scene.sharedPrograms.around(programs, scene.owner(), async () =>
    scene.note('pass'),
  );

  await expect(passed).rejects.toMatchObject({
    reason: 'unreachable',
    message: 'before: /bin/sh did not finish within <1s and was killed',
    hint: expect.stringContaining('raise aroundDeadline'),
  });
  expect(scene.events).toEqual(['before', 'after']);
});

test('the pass fails: after runs, and the error is that of the pass', async () => {
  const scene = new Scene();
  const programs = { after: scene.program('after', 'exit 4'), deadlineMs };

  const passed = scene.sharedPrograms.around(programs, scene.owner(), async () => {
    throw new Error('no space');
  });

  await expect(passed).rejects.toThrow('no space');
  expect(scene.events).toEqual(['after']);
  expect(scene.said).toEqual(['warn after: /bin/sh exited with 4']);
});

test('only after fails: the pass fails, because the disk is still held', async () => {
  const scene = new Scene();
  const programs = { after: scene.program('after', 'exit 4'), deadlineMs };

  const passed = scene.sharedPrograms.around(programs, scene.owner(), async () => 7);

  await expect(passed).rejects.toMatchObject({
    reason: 'tool',
    message: 'after: /bin/sh exited with 4',
    hint: expect.stringContaining('the backend may not have been released'),
  });
});

test('clients that share a disk: before for the first, after when the last one has left', async () => {
  const scene = new Scene();
  const programs = { before: scene.program('before'), after: scene.program('after'), deadlineMs };
  const open = join(scene.directory, 'open');
  const clients = ['a', 'b', 'c'];

  const passes = clients.map((client) =>
    scene.sharedPrograms.around(programs, scene.owner(undefined, client), async () => {
      scene.note('pass');
      await waitFor(() => existsSync(open), { what: 'the others' });
    }),
  );
  await waitFor(() => scene.events.length === 4, { what: 'all three' });
  writeFileSync(open, '');
  await Promise.all(passes);
  await scene.sharedPrograms.around(programs, scene.owner(), async () => scene.note('pass'));

  expect(scene.events).toEqual([
    ...['before', 'pass', 'pass', 'pass', 'after'],
    ...['before', 'pass', 'after'],
  ]);
});

test('if before fails, it fails for everyone who waits for it, and it runs once', async () => {
  const scene = new Scene();
  const programs = {
    before: scene.program('before', 'exit 3'),
    after: scene.program('after'),
    deadlineMs,
  };

  const passes = await Promise.allSettled(
    ['a', 'b', 'c'].map((client) =>
      scene.sharedPrograms.around(programs, scene.owner(undefined, client), async () =>
        scene.note('pass'),
      ),
    ),
  );

  expect(passes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(scene.events).toEqual(['before', 'after']);
});

test('one of two is stopped while before runs: the other one has its pass', async () => {
  const scene = new Scene();
  const open = join(scene.directory, 'open');
  const programs = {
    before: scene.program('before', `until [ -e ${open} ]; do sleep 0.02; done`),
    deadlineMs,
    after: scene.program('after'),
  };
  const stop = new AbortController();

  const stopped = scene.sharedPrograms.around(programs, scene.owner(stop.signal), async () =>
    scene.note('pass of the stopped'),
  );
  const other = scene.sharedPrograms.around(programs, scene.owner(), async () =>
    scene.note('pass'),
  );
  await waitFor(() => scene.events.includes('before'), { what: 'before' });
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  writeFileSync(open, '');
  await other;

  expect(scene.events).toEqual(['before', 'pass', 'after']);
});

test('all are stopped while before runs: it is ended, and after runs', async () => {
  const scene = new Scene();
  const programs = {
    before: scene.program('before', 'exec sleep 600'),
    after: scene.program('after'),
    deadlineMs,
  };
  const stop = new AbortController();

  const stopped = scene.sharedPrograms.around(programs, scene.owner(stop.signal), async () =>
    scene.note('pass'),
  );
  await waitFor(() => scene.events.includes('before'), { what: 'before' });
  stop.abort();

  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect(scene.events).toEqual(['before', 'after']);
});
