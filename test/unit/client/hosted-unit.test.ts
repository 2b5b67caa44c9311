import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { callDaemon } from '../../../src/client/control-client.ts';
import { holdUnit, runHeldUnit } from '../../../src/client/hosted-unit.ts';
import { StateSaver } from '../../../src/client/state-saver.ts';
import { ServedSockets } from '../../../src/client/served-sockets.ts';
import { DIRECT_FILES, type OwnFiles } from '../../../src/files/own-files.ts';
import { onCleanUp } from '../../support/clean-up.ts';
import { temporaryDirectory, waitFor } from '../../support/temp.ts';
import { makeRig, MINUTE, NEVER, START } from './fixtures.ts';

const DAY = 24 * 60 * MINUTE;

/** A client with its places in memory, and a state directory on disk. */
async function makeHost() {
  const rig = await makeRig();
  const stateDirectory = temporaryDirectory();
  const runtimeDirectory = join(stateDirectory, 'run');
  const files = { stateFiles: DIRECT_FILES, runtimeFiles: DIRECT_FILES };
  const sockets = new ServedSockets(runtimeDirectory, DIRECT_FILES);
  const options = { ...rig.options, stateDirectory, runtimeDirectory, sockets, ...files };
  const hold = () => holdUnit(options.config, options);
  return { rig, options, hold, stateFile: join(stateDirectory, 'ahost.json') };
}

test('concurrent saves do not disturb each other', async () => {
  const { hold, stateFile } = await makeHost();
  const held = await hold();

  await Promise.all([held.save(), held.save(), held.save(), held.release()]);

  expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ client: 'ahost' });
  expect(existsSync(`${stateFile}.new`)).toBe(false);
});

test('a listing made while the clock was ahead does not delay the next one for years', async () => {
  const { rig, hold } = await makeHost();
  rig.clock.at = START + 1_000 * DAY;
  const first = await hold();
  await first.unit.sync(NEVER);
  await first.release();
  rig.clock.at = START;

  const second = await hold();
  await second.unit.sync(NEVER);
  await second.release();

  expect(second.unit.report().backends[0]?.lastListing).toBe(START);
});

test('a state directory that cannot be written to is named, with the fix', async () => {
  const { hold, options, stateFile } = await makeHost();
  const held = await hold();
  mkdirSync(`${stateFile}.new`);

  await expect(held.save()).rejects.toMatchObject({
    why: 'unavailable',
    message: expect.stringContaining(options.stateDirectory) as unknown,
    hint: expect.stringContaining('check its file system') as unknown,
  });

  rmdirSync(`${stateFile}.new`);
  await held.release();
  const gone = { ...options, stateDirectory: '/proc' };
  await expect(holdUnit(options.config, gone)).rejects.toMatchObject({
    why: 'unavailable',
    message: expect.stringContaining('/proc') as unknown,
  });
});

test('a state that cannot be saved is a finding while that lasts, and one line in the log', async () => {
  const { rig, hold, stateFile } = await makeHost();
  const held = await hold();
  const saver = new StateSaver(held, rig.options);
  const save = async () => {
    held.unit.store.markForSaving();
    await saver.saveIfDue();
  };
  expect(held.unit.report().saving).toEqual({ failures: 0 });
  mkdirSync(`${stateFile}.new`);

  await save();
  await saver.saveIfDue(); // it is tried again by itself
  rig.clock.at += 5 * MINUTE;

  const { findings, saving, severity } = held.unit.report();
  expect(saving).toMatchObject({ failures: 2, failingSince: START });
  expect(severity).toBe('warning');
  expect(findings).toContainEqual(
    expect.objectContaining({
      kind: 'state_not_saved',
      message: expect.stringMatching(/^its state has not been saved for 5m: cannot write to /),
      hint: expect.stringContaining('check its file system'),
    }),
  );
  rmdirSync(`${stateFile}.new`);
  await save();
  expect(held.unit.report().saving).toEqual({ failures: 2 });
  expect(rig.said.filter((line) => line.includes('state'))).toEqual([
    expect.stringMatching(/^error cannot save the state: cannot write to /),
    'info the state is saved again, after 5m',
  ]);
  await held.release();
});

test('a control socket that is removed or replaced is recreated', async () => {
  const { rig, options, hold } = await makeHost();
  const held = await hold();
  const controller = new AbortController();
  onCleanUp(() => controller.abort());
  const running = runHeldUnit(held, options, controller.signal);
  const socket = join(options.runtimeDirectory, 'ahost.sock');
  const isAnswered = async () => {
    const how = { signal: NEVER, silenceMs: 5_000 };
    for await (const { type } of callDaemon(socket, { verb: 'report' }, how)) return type;
    return undefined;
  };
  await waitFor(isAnswered, { what: 'a first answer' });

  rmSync(socket);
  expect(await isAnswered()).toBeUndefined();
  await waitFor(isAnswered, { what: 'an answer after it was removed' });
  rmSync(socket);
  writeFileSync(socket, 'a file in its place');
  await waitFor(isAnswered, { what: 'an answer after it was replaced' });

  expect(rig.said.filter((line) => line.includes('socket'))).toEqual([
    'warn the control socket is gone: recreating it',
    'warn the control socket is gone: recreating it',
  ]);
  controller.abort();
  await running;
  expect(existsSync(socket)).toBe(false);
  await held.release();
});

test('a client that starts has a control socket at once, even if an old answer says that it already has one', async () => {
  const { options, hold } = await makeHost();
  const sockets = new ServedSockets(options.runtimeDirectory, DIRECT_FILES);
  const socket = join(options.runtimeDirectory, 'ahost.sock');
  sockets.has = () => Promise.resolve(true);
  const held = await hold();
  const controller = new AbortController();
  onCleanUp(() => controller.abort());

  const running = runHeldUnit(held, { ...options, sockets }, controller.signal);

  await waitFor(() => existsSync(socket), { what: 'a control socket', timeoutMs: 4_000 });
  controller.abort();
  await running;
  await held.release();
});

test('a control socket that cannot be removed at the end is no error, as when its directory hangs', async () => {
  const { options, hold } = await makeHost();
  const runtimeFiles: OwnFiles = {
    ...DIRECT_FILES,
    call: (operation, args) =>
      operation === 'closeSocket'
        ? Promise.reject(new Error('hangs'))
        : DIRECT_FILES.call(operation, args),
  };
  const held = await hold();
  const controller = new AbortController();
  onCleanUp(() => controller.abort());
  const running = runHeldUnit(held, { ...options, runtimeFiles }, controller.signal);
  const socket = join(options.runtimeDirectory, 'ahost.sock');
  await waitFor(() => existsSync(socket), { what: 'a control socket' });

  controller.abort();

  await expect(running).resolves.toBeUndefined();
  await held.release();
  await DIRECT_FILES.call('closeSocket', { path: socket });
});

test('without a control socket a client is still replicated, and gets one later', async () => {
  const { rig, options, hold } = await makeHost();
  writeFileSync(options.runtimeDirectory, 'a file in the way');
  const held = await hold();
  const controller = new AbortController();
  onCleanUp(() => controller.abort());

  const running = runHeldUnit(held, options, controller.signal);

  await waitFor(() => held.unit.report().backends[0]?.state === 'idle', { what: 'a first copy' });
  const complaints = () => rig.said.filter((line) => line.includes('no control socket'));
  await waitFor(() => complaints().length > 0, { what: 'a complaint' });
  rmSync(options.runtimeDirectory);
  await waitFor(() => existsSync(join(options.runtimeDirectory, 'ahost.sock')), {
    what: 'a socket',
  });
  expect(complaints()).toHaveLength(1);
  controller.abort();
  await running;
  await held.release();
});
