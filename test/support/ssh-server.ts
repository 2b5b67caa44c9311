import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { freePort, temporaryDirectory } from './temp.ts';
import { tool, toolDirectory, toolEnvironment } from './tools.ts';

/**
 * A real OpenSSH server of this machine, which lets in the user who runs the tests by a key; needs 'sshd'. Answers the
 * ssh_config by which a client reaches it as `nas`.
 *
 * @param path the PATH of programs that run there
 */
export async function startSshServer(path: string): Promise<string> {
  const directory = temporaryDirectory();
  const file = (name: string) => join(directory, name);
  for (const name of ['host', 'user']) makeKey(file(name));
  copyFileSync(file('user.pub'), file('authorized_keys'));
  const port = await freePort();
  const { username } = userInfo();
  const host = { Port: port, User: username, IdentityFile: file('user') };
  writeFileSync(file('known_hosts'), `nas ${readFileSync(file('host.pub'), 'utf8')}`);
  writeOptions(file('ssh_config'), {
    Host: 'nas',
    HostName: '127.0.0.1',
    HostKeyAlias: 'nas',
    ...host,
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    UserKnownHostsFile: file('known_hosts'),
    GlobalKnownHostsFile: '/dev/null',
  });
  writeOptions(file('sshd_config'), {
    ListenAddress: '127.0.0.1',
    Port: port,
    HostKey: file('host'),
    PidFile: 'none',
    AuthorizedKeysFile: file('authorized_keys'),
    StrictModes: 'no', // it lies below /tmp
    AuthenticationMethods: 'publickey',
    UsePAM: 'no',
    PermitRootLogin: 'prohibit-password',
    AllowUsers: username,
    SetEnv: `PATH=${path}`,
  });
  const sshd = [tool('openssh'), '-D', '-e', '-f', file('sshd_config')];
  const isRoot = process.getuid?.() === 0;
  const [command = '', ...args] = isRoot ? withItsOwnUser(sshd, directory) : sshd;
  const server = startProcess(command, args, { env: toolEnvironment('openssh') });
  await server.waitForLine(/Server listening/);
  return file('ssh_config');
}

/** Writes a program called ssh that uses that file as ~/.ssh/config. */
export function writeSsh(file: string, config: string): void {
  const libraries = Object.entries(toolEnvironment('openssh')).map(([k, v]) => `${k}='${v}'`);
  const program = join(toolDirectory('openssh'), 'usr/bin/ssh');
  writeFileSync(file, `#!/bin/sh\n${libraries.join(' ')} exec ${program} -F ${config} "$@"\n`);
  chmodSync(file, 0o755);
}

function makeKey(file: string): void {
  const keygen = join(toolDirectory('openssh'), 'usr/bin/ssh-keygen');
  execFileSync(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', file], {
    env: { ...process.env, ...toolEnvironment('openssh') },
  });
}

function writeOptions(file: string, options: Readonly<Record<string, string | number>>): void {
  const lines = Object.entries(options).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(file, lines.join(''));
}

/**
 * An sshd of root drops its rights to the user `sshd` in /run/sshd, which only an installed one has: it gets them in a
 * mount namespace, invisible to others. There, root is not locked either, and has a plain shell.
 */
function withItsOwnUser(sshd: readonly string[], directory: string): string[] {
  const users = {
    passwd: [
      `root:x:0:0:root:${directory}:/bin/sh`,
      'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin',
    ],
    shadow: ['root:*:19000::::::'],
  };
  for (const [name, lines] of Object.entries(users))
    writeFileSync(join(directory, name), `${lines.join('\n')}\n`);
  const script = [
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'mkdir /run/sshd',
    ...Object.keys(users).map((name) => `mount --bind "$0/${name}" /etc/${name}`),
    'exec "$@"',
  ].join(' && ');
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, directory, ...sshd];
}
