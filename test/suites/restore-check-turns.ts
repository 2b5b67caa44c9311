import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { systemClock } from '../../src/runtime/clock.ts';
import { InProcess } from '../support/in-process.ts';
import { Site } from '../support/site.ts';
import { temporaryDirectory, waitFor } from '../support/temp.ts';

/** A restic that notes when two of it run, and waits until it may fail. */
function slowRestic(folder: string): string {
  const script = [
    '#!/bin/sh',
    `mkdir ${folder}/running 2>/dev/null || echo overlap >>${folder}/overlaps`,
    `echo "$*" >>${folder}/calls`,
    `while [ ! -e ${folder}/go ]; do sleep 0.05; done`,
    `rmdir ${folder}/running`,
    'echo "Fatal: wrong password or no key found" >&2',
    'exit 12',
  ];
  writeFileSync(join(folder, 'restic'), script.join('\n'), { mode: 0o700 });
  return `${folder}:${process.env['PATH'] ?? ''}`;
}

/** Lets restore checks of many clients be due at once. */
export function testTurns(clients: number): void {
  test(`${clients} clients that are due at once take turns, and delay neither a sync nor an audit`, async () => {
    const site = await Site.synced();
    const { syncd } = site;
    const folder = temporaryDirectory();
    const password = { env: 'SECRET' };
    const restoreCheck = { every: '7d', compareWith: 'off' };
    for (let i = 0; i < clients; i++) {
      const source = join(temporaryDirectory(), 'source');
      cpSync(site.source, source, { recursive: true });
      const directory = { directory: source, password };
      syncd.writeClient(`client${i}`, { source: directory, backends: [], restoreCheck });
    }
    const env = { PATH: slowRestic(folder), SECRET: 'x' };
    const commands = new InProcess(syncd.configDir, systemClock, env);
    await commands.daemon();
    const calls = () =>
      existsSync(join(folder, 'calls'))
        ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')
        : [];
    const checked = () => new Set(calls().map((call) => / --repo (\S+)/.exec(call)?.[1]));

    await waitFor(() => calls().length > 0, { what: 'the first check' });
    site.act({ verb: 'backup', blobs: [7] });
    expect(await site.run('sync', 'ahost')).toMatchObject({ code: 0 });
    const audited = await commands.run('audit', '--all', '--backend', 'source');
    expect(audited).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^client0 .*source: nothing is wrong$/m),
    });
    expect(calls()).toHaveLength(1); // it still runs

    mkdirSync(join(folder, 'go'));

    await waitFor(() => checked().size === clients, { what: 'a check of each client' });
    expect(existsSync(join(folder, 'overlaps'))).toBe(false);
  }, 120_000);
}
