import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** Nearest rank. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.ceil((percent / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? Number.NaN;
}

export interface Memory {
  readonly rssMiB: number;
  readonly peakMiB: number;
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (key: string) =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { rssMiB: read('VmRSS'), peakMiB: read('VmHWM') };
}

export interface Finished {
  readonly ms: number;
  readonly stdout: string;
}

/** Runs a program to its end and answers how long it took. Throws when it fails. */
export async function timeProgram(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Finished> {
  const startedAt = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  let endedAt = startedAt;
  child.on('exit', () => (endedAt = performance.now()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return { ms: endedAt - startedAt, stdout: output.stdout };
  throw new Error(
    `${command} ${args.join(' ')}: exit ${code ?? '?'}\n${(output.stdout + output.stderr).slice(0, 2_000)}`,
  );
}

/** Runs the contestants of one round one after the other, each round in another order: a busy moment hits none more than others. */
export async function inTurn<T>(
  round: number,
  contestants: readonly (() => Promise<T>)[],
): Promise<T[]> {
  const order = contestants.map((_, i) => (i + round) % contestants.length);
  const results = new Map<number, T>();
  for (const i of order) {
    const contestant = contestants[i];
    if (contestant !== undefined) results.set(i, await contestant());
  }
  return contestants.map((_, i) => results.get(i) as T);
}
