import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { commandLineOf } from './descendants.ts';
import { startMinio, type Minio } from './minio.ts';
import { temporaryDirectory } from './temp.ts';
import { tool, type Generation } from './tools.ts';

/** Sections of an rclone.conf. */
export type RcloneConfig = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function writeRcloneConfig(file: string, config: RcloneConfig): string {
  const sections = Object.entries(config).map(([name, values]) =>
    [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`), ''].join(
      '\n',
    ),
  );
  writeFileSync(file, sections.join('\n'), { mode: 0o600 });
  return file;
}

/** A repository on this disk, reached by rclone only: `source` of a client. */
export function farSource(repository: string): { rclone: string; rcloneConfig: string } {
  const far = { type: 'alias', remote: dirname(repository) };
  const rcloneConfig = writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), { far });
  return { rclone: `far:${basename(repository)}`, rcloneConfig };
}

/** rclone to its end, synchronously, as a person would use it. */
// eslint-disable-next-line max-params -- as on the command line
export function rclone(
  generation: Generation,
  configFile: string,
  args: readonly string[],
  input = '',
): Buffer {
  return execFileSync(tool('rclone', generation), ['--config', configFile, '-q', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
    maxBuffer: 64 * 2 ** 20,
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** How passwords are written in an rclone.conf. */
export function obscure(password: string): string {
  return rclone('newest', '/dev/null', ['obscure', password]).toString().trim();
}

/** A MinIO with a bucket called `bucket`, and the section that reaches it. */
export async function startS3(): Promise<{ minio: Minio; section: Record<string, string> }> {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'bucket'));
  const minio = await startMinio({ directory });
  return { minio, section: s3Section(minio.endpoint, minio) };
}

export function s3Section(endpoint: string, { env }: Minio): Record<string, string> {
  return {
    type: 's3',
    provider: 'Minio',
    endpoint,
    access_key_id: env['AWS_ACCESS_KEY_ID'] ?? '',
    secret_access_key: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
}

/** All processes that are rclone for a remote, or are about to become it, found by a text in their arguments. */
export function runningRclones(text: string): { pid: number; commandLine: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .map((pid) => ({ pid, commandLine: commandLineOf(pid) }))
    .filter(
      ({ commandLine }) =>
        /^(setpriv|rclone|\S*\/rclone)\b/.test(commandLine) && commandLine.includes(text),
    );
}
