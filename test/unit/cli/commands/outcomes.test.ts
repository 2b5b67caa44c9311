import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../../../src/cli/program.ts';
import { InProcess } from '../../../support/in-process.ts';
import { Site } from '../../../support/site.ts';
import { Syncd } from '../../../support/syncd.ts';

/** Each command that works on one client, and what must be typed to name a backend of it. */
const OF_A_CLIENT = [
  'sync CLIENT',
  'status CLIENT',
  'snapshots CLIENT',
  'ack CLIENT --reason none',
  'run CLIENT',
  'audit CLIENT',
  'restore-check CLIENT',
  'pause CLIENT near --until 2h --reason none',
  'resume CLIENT near',
  'client show CLIENT',
  'client disable CLIENT --reason none',
  'client enable CLIENT',
  'client rename CLIENT other',
  'backend move CLIENT near far',
  'client remove CLIENT',
  'backend init CLIENT near',
  'backend accept-config CLIENT near --yes',
  'backend retire CLIENT near --all --yes',
  'backend restore-retired CLIENT near 2026-11-29 --yes',
].map((line) => [line]);

const OF_A_BACKEND = OF_A_CLIENT.filter(([line = '']) => line.includes(' near'));

const typed = (line: string, client: string): string[] => line.replace('CLIENT', client).split(' ');

test('every command is run in-process', () => {
  const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.ts'));
  const text = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8')).join();
  const program = createProgram(() => Promise.resolve(), { err: () => undefined });

  const names = leavesOf(program, []).filter((name) => name !== 'help');
  expect(names.length).toBeGreaterThan(15);
  const isRun = (name: string) => text.includes(`'${name.split(' ').join("', '")}'`);
  const isTyped = (name: string) => OF_A_CLIENT.some(([line = '']) => line.startsWith(`${name} `));
  expect(names.filter((name) => !isRun(name) && !isTyped(name))).toEqual([]);
});

function leavesOf({ commands }: Command, path: readonly string[]): string[] {
  if (commands.length === 0) return [path.join(' ')];
  return commands.flatMap((command) => leavesOf(command, [...path, command.name()]));
}

describe('nothing is configured', () => {
  test.each(OF_A_CLIENT)('%s: a usage error that says which file to write', async (line) => {
    const commands = new InProcess(new Syncd().configDir);

    const { code, stdout, stderr } = await commands.run(...typed(line, 'ahost'));

    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(/no client ahost(.|\n)*client add ahost(.|\n)*clients\/ahost\.yaml/);
  });

  test('run watches no client, and waits for the first one', async () => {
    const daemon = await new InProcess(new Syncd().configDir).daemon();

    const response = await fetch(daemon.url);

    expect(await response.text()).toContain('No clients yet');
    expect(await daemon.stop()).toMatchObject({ code: 0 });
  });
});

describe('the configuration directory is missing', () => {
  test.each([...OF_A_CLIENT, ['check-config'], ['run']])('%s: exit code 78 or 3', async (line) => {
    const syncd = new Syncd();
    rmSync(syncd.configDir, { recursive: true });

    const { code, stdout, stderr } = await new InProcess(syncd.configDir).run(
      ...typed(line, 'ahost'),
    );

    expect([78, 3]).toContain(code);
    expect(stdout + stderr).toContain(syncd.configDir);
  });
});

test.each([...OF_A_CLIENT, ['client remove CLIENT']])(
  '%s: an unknown client is a usage error',
  async (line) => {
    const { code, stderr } = await new Site().run(...typed(line, 'nobody'));

    expect(code).toBe(64);
    expect(stderr).toMatch(/there is no client nobody(.|\n)*ahost/);
  },
);

test.each(OF_A_BACKEND)('%s: an unknown backend is a usage error', async (line) => {
  const [...args] = typed(line.replace(' near', ' nowhere'), 'ahost');

  const { code, stderr } = await new Site().run(...args);

  expect(code).toBe(64);
  expect(stderr).toMatch(/nowhere(.|\n)*near/);
});

describe('while a daemon runs', () => {
  test('run answers until it is stopped, and refuses a second one', async () => {
    const site = await Site.synced();
    const daemon = await site.daemon();

    expect(await (await fetch(new URL('/healthz', daemon.url))).text()).toContain('ok');
    const second = await site.run('run');
    expect(second).toMatchObject({ code: 75, stderr: expect.stringContaining('process') });

    expect(await daemon.stop()).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('status and snapshots ask it', async () => {
    const site = await Site.synced();
    await site.daemon();

    expect(await site.run('status')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^CLIENT/),
      stderr: '',
    });
    expect(await site.run('snapshots', 'ahost')).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(await site.must('snapshots', 'ahost', '--json'))).toMatchObject({
      isRunning: true,
    });
  });

  test('sync, ack and retire work through it', async () => {
    const site = await Site.synced();
    await site.daemon();

    expect(await site.must('sync', 'ahost')).toMatch(/^ahost → near: already complete /);
    expect(await site.must('ack', 'ahost', '--reason', 'none')).toContain('nothing to acknowledge');
    const [gone = ''] = readdirSync(join(site.source, 'snapshots'));
    rmSync(join(site.source, 'snapshots', gone));
    await site.must('sync', 'ahost');
    expect(await site.must('backend', 'retire', 'ahost', 'near', '--all', '--yes')).toMatch(
      /^1 object moved to /,
    );
  });
});
