import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { RcloneControl } from './rclone-control.ts';
import { obscure } from './rclone.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

const user = 'serve-test';
const password = 'serve-test-secret';
export interface Served {
  /** whose files are served */
  readonly directory: string;
  /** the section of an rclone.conf that reaches it */
  readonly section: Readonly<Record<string, string>>;
  /**
   * To be called after changes on the disk: directories are remembered for five minutes. (With `--dir-cache-time 0`
   * rclone forgets what it is walking through, and each request takes minutes, the more the deeper the directories.)
   */
  readonly refresh: () => Promise<void>;
}

export interface SftpOptions {
  /** a line of authorized_keys; without it, a password lets in */
  readonly authorizedKey?: string;
  /** the private key that the server shows; without it, one is made */
  readonly hostKeyFile?: string;
}

/** A real SSH server with nothing but SFTP, which tells hashes and free space. */
export async function serveSftp({ authorizedKey, hostKeyFile }: SftpOptions = {}): Promise<Served> {
  const { address, ...served } = await serve(tool('rclone', 'newest'), 'sftp', [
    ...(authorizedKey === undefined
      ? ['--user', user, '--pass', password]
      : ['--authorized-keys', authorizedKeys(authorizedKey)]),
    ...(hostKeyFile === undefined ? [] : ['--key', hostKeyFile]),
  ]);
  const [host = '', port = ''] = address.split(':');
  return { ...served, section: { type: 'sftp', host, port, user, pass: obscure(password) } };
}

function authorizedKeys(line: string): string {
  const file = join(temporaryDirectory(), 'authorized_keys');
  writeFileSync(file, `${line}\n`);
  return file;
}

/** A server of plain WebDAV. */
export async function serveWebdav(): Promise<Served> {
  const { address, ...served } = await serve(tool('rclone', 'newest'), 'webdav', [
    ...['--user', user, '--pass', password],
  ]);
  const url = `http://${address}/`;
  return {
    ...served,
    section: { type: 'webdav', url, vendor: 'other', user, pass: obscure(password) },
  };
}

/** An S3 server whose buckets are directories, and whose objects are files. */
export async function serveS3(): Promise<Served> {
  const keys = ['--auth-key', `${user},${password}`];
  const { address, ...served } = await serve(tool('rclone-serve-s3'), 's3', keys);
  mkdirSync(join(served.directory, 'bucket'));
  const credentials = { access_key_id: user, secret_access_key: password };
  const section = { type: 's3', provider: 'Other', endpoint: `http://${address}`, ...credentials };
  return { ...served, section };
}

async function serve(
  program: string,
  protocol: string,
  args: readonly string[],
): Promise<Omit<Served, 'section'> & { readonly address: string }> {
  const directory = temporaryDirectory();
  const control = new RcloneControl();
  const rest = [directory, '--addr', '127.0.0.1:0', '--rc', ...control.flags, ...args];
  const server = startProcess(program, ['serve', protocol, ...rest], {
    env: { HOME: temporaryDirectory(), RCLONE_CONFIG: '/dev/null' },
  });
  const address = await waitFor(() => /127\.0\.0\.1:[1-9]\d*/.exec(server.output())?.[0], {
    what: `rclone serve ${protocol}`,
  });
  await control.ready();
  return { directory, address, refresh: () => control.call('vfs/refresh', { recursive: 'true' }) };
}
