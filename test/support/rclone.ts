import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startMinio, type Minio } from './minio.ts';
import { startProcess, type RunningProcess } from './process.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
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

/** rclone to its end, synchronously, as a person would use it. */
export function rclone(
  generation: Generation,
  configFile: string,
  args: readonly string[],
): Buffer {
  return execFileSync(tool('rclone', generation), ['--config', configFile, '-q', ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' },
    maxBuffer: 64 * 2 ** 20,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** What rclone.conf wants of a password. */
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

export type Served = {
  readonly directory: string;
  readonly process: RunningProcess;
  readonly section: Readonly<Record<string, string>>;
};

/** `rclone serve` on a directory. */
export async function serve(kind: 'sftp' | 'webdav'): Promise<Served> {
  const directory = temporaryDirectory();
  const port = await freePort();
  const auth = ['--user', 'syncd', '--pass', 'serve-pass'];
  const fresh = ['--dir-cache-time', '1ms']; // files are also put there behind its back
  const args = ['serve', kind, directory, ...fresh, '--addr', `127.0.0.1:${port}`, ...auth];
  const cache = { XDG_CACHE_HOME: temporaryDirectory() };
  const server = startProcess(tool('rclone', 'newest'), [...args, '--config', '/dev/null'], {
    env: cache,
  });
  await waitFor(() => isListening(port), { what: `rclone serve ${kind}` });
  const pass = obscure('serve-pass');
  const section: Record<string, string> =
    kind === 'sftp'
      ? {
          type: 'sftp',
          host: '127.0.0.1',
          port: String(port),
          user: 'syncd',
          pass,
          shell_type: 'none',
        }
      : { type: 'webdav', url: `http://127.0.0.1:${port}`, vendor: 'other', user: 'syncd', pass };
  return { directory, process: server, section };
}

async function isListening(port: number): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
