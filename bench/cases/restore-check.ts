import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Case } from '../support/bench.ts';
import { Daemon } from '../support/daemon.ts';
import { inTurn, median, timeProgram } from '../support/measure.ts';
import { atMost, type Row } from '../support/result.ts';
import { Setup } from '../support/setup.ts';
import { findTool } from '../support/tools.ts';

/** A check of 20 files of a replica in a directory, in the running daemon, against `restic restore` of the same files. */
export const restoreCheck: Case = {
  name: 'restore-check',
  async run({ directory, program, isShort, say }) {
    const [rounds, files] = isShort ? [1, 100] : [9, 5_000];
    const restic = findTool('newest/restic').path;
    const [source, target, list] = ['source', 'target', 'list'].map((name) =>
      join(directory, name),
    );
    if (source === undefined || target === undefined || list === undefined) throw new Error();
    const passwordFile = join(directory, 'password');
    writeFileSync(passwordFile, 'secret', { mode: 0o600 });
    const ask = (repository: string, ...args: readonly string[]) =>
      timeProgram(restic, [
        ...['-r', repository, '--password-file', passwordFile, '--no-cache', '--no-lock', ...args],
      ]);
    await ask(source, 'init');
    makeFiles(join(directory, 'files'), files);
    await ask(source, 'backup', '--quiet', join(directory, 'files'));
    const env = { ...process.env, PATH: `${dirname(restic)}:${process.env['PATH'] ?? ''}` };
    const clients = [{ name: 'a', source, backends: { one: target } }];
    const setup = new Setup({
      program,
      directory,
      clients,
      env,
      passwordFile,
      poll: '1d',
      clientKeys: { restoreCheck: settings(list) },
    });
    await setup.initialise({ adopt: false });
    await setup.run(['sync', 'a']);
    const daemon = await Daemon.start(setup);
    const restore = async () => {
      const chosen = readFileSync(list, 'utf8').split('\n').filter(Boolean);
      const include = chosen.flatMap((path) => ['--include', path.slice(1)]);
      const to = join(directory, 'restored');
      const { ms } = await ask(target, 'restore', 'latest', '--target', to, ...include);
      rmSync(to, { recursive: true });
      return ms;
    };
    await daemon.restoreCheck('a', 'one'); // on the same day, it chooses the same files
    const all: number[][] = [];
    for (let round = 0; round < rounds; round++) {
      const times = await inTurn(round, [
        () => daemon.restoreCheck('a', 'one'),
        restore,
        async () => (await ask(target, 'ls', 'latest', '--json')).ms,
      ]);
      say(`check, restic restore, restic ls: ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      all.push(times);
    }
    await daemon.stop();
    return rowsOf(all);
  },
};

function rowsOf(all: readonly number[][]): Row[] {
  const [checks, restores, lists] = [0, 1, 2].map((i) => all.map((times) => times[i] ?? NaN));
  if (checks === undefined || restores === undefined || lists === undefined) return [];
  const note = [checks, restores, lists].map((each) => median(each).toFixed(0));
  const common = { unit: 'x', samples: all.length } as const;
  return [
    {
      what: 'restore check of 20 files in a directory, of the time of restic restore of the same files',
      ...common,
      target: atMost(1.2),
      value: median(checks.map((ms, i) => ms / (restores[i] ?? NaN))),
      note: `${note[0] ?? ''} ms, restic restore ${note[1] ?? ''} ms`,
    },
    {
      what: 'the same, of the time of restic ls and then restic restore',
      ...common,
      value: median(checks.map((ms, i) => ms / ((restores[i] ?? NaN) + (lists[i] ?? NaN)))),
      note: `restic ls ${note[2] ?? ''} ms`,
    },
  ];
}

/** The operator's program says which files were chosen. */
function settings(list: string): string {
  const script = `cd "$0" && find . -type f >${list}`;
  return JSON.stringify({ every: 'off', sample: 20, command: ['/bin/sh', '-c', script] });
}

function makeFiles(directory: string, count: number): void {
  for (let i = 0; i < count; i++) {
    const folder = join(directory, String(i % 50));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, String(i)), randomBytes([500, 5_000, 20_000, 60_000][i % 4] ?? 0));
  }
}
