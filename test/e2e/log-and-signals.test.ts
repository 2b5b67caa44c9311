import { execFileSync } from 'node:child_process';
import { constants, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mainFile } from '../support/cli.ts';
import { startProcess, type RunningProcess } from '../support/process.ts';
import { Syncd } from '../support/syncd.ts';
import { freePort, temporaryDirectory, waitFor } from '../support/temp.ts';

/** A daemon without clients whose standard error goes to a file; and its address, once it answers. */
async function startLoggingTo(path: string): Promise<{ url: string; process: RunningProcess }> {
  const port = await freePort();
  const syncd = new Syncd({ listen: `127.0.0.1:${port}` });
  const command = ['-c', 'exec "$@" 2>>"$0"', path, process.execPath, mainFile, 'run'];
  const started = startProcess('/bin/sh', command, { env: syncd.environment() });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(
    () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      ),
    {
      what: 'the daemon to answer',
    },
  );
  return { url, process: started };
}

/** A pipe that is full, and what empties it. */
function fullPipe(): { path: string; drain: () => string } {
  const path = join(temporaryDirectory(), 'log');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const block = Buffer.alloc(4096, '#');
  const isWritten = (): boolean => {
    try {
      return writeSync(fd, block) > 0;
    } catch {
      return false;
    }
  };
  while (isWritten());
  const drain = (): string => {
    const buffer = Buffer.alloc(1024 * 1024);
    let text = '';
    try {
      for (;;) text += buffer.toString('utf8', 0, readSync(fd, buffer));
    } catch {
      return text.replaceAll('#', '');
    }
  };
  return { path, drain };
}

test('a log that is not read stops neither page nor metrics nor the shutdown', async () => {
  const { path } = fullPipe();
  const { url, process } = await startLoggingTo(path);
  for (const page of ['/metrics', '/', '/api/status']) {
    const { status } = await fetch(url + page, { signal: AbortSignal.timeout(30_000) });
    expect(status).toBe(200);
  }
  process.kill('SIGTERM');
  // a thread waits for the reader, so the process can only be ended by its signal
  expect(await process.exited).toEqual({ code: null, signal: 'SIGTERM' });
});

test('a log that is read again continues', async () => {
  const { path, drain } = fullPipe();
  const { process } = await startLoggingTo(path);
  let log = '';
  await waitFor(() => (log += drain()).includes('page and metrics at'), { what: 'the log' });
  process.kill('SIGTERM');
  expect(await process.exited).toEqual({ code: 0, signal: null });
  expect(log + drain()).toContain('stopped');
});

test('a log on a full disk stops nothing, and lost lines are counted', async () => {
  const { url, process } = await startLoggingTo('/dev/full');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^backup_syncd_log_lines_dropped_total [1-9]/m);
  process.kill('SIGTERM');
  expect(await process.exited).toEqual({ code: 0, signal: null });
});

test('SIGHUP reloads the configuration; SIGUSR1 opens no debugger, and SIGUSR2 is ignored', async () => {
  const syncd = new Syncd();
  const daemon = await syncd.start();
  daemon.process.kill('SIGUSR1');
  daemon.process.kill('SIGUSR2');
  syncd.writeDaemon({ limits: { transfers: 3 } });
  daemon.process.kill('SIGHUP');
  await daemon.process.waitForLine(/SIGHUP: reloading the configuration/);
  await daemon.process.waitForLine(/configuration reloaded/);
  expect(daemon.process.stderr()).not.toMatch(/debugger/i);
  daemon.process.kill('SIGTERM');
  expect(await daemon.process.exited).toEqual({ code: 0, signal: null });
});

test('SIGHUP while the daemon starts does not end it', async () => {
  const syncd = new Syncd();
  const tools = temporaryDirectory();
  writeFileSync(join(tools, 'restic'), '#!/bin/sh\nkill -HUP $PPID\n', { mode: 0o755 });
  const daemon = await syncd.start(['run'], { env: { PATH: `${tools}:${process.env['PATH']}` } });

  await daemon.process.waitForLine(/SIGHUP: the configuration is read again after the start/);
  syncd.writeDaemon({ limits: { transfers: 3 } });
  daemon.process.kill('SIGHUP');
  await daemon.process.waitForLine(/configuration reloaded/);
  daemon.process.kill('SIGTERM');
  expect(await daemon.process.exited).toEqual({ code: 0, signal: null });
});
