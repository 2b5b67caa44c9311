import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { placeTraits } from '../../src/kinds/traits.ts';
import { loadConfig } from '../../src/config/load.ts';
import { serveSftp, serveWebdav } from '../support/rclone-serve.ts';
import {
  obscure,
  rclone,
  startS3,
  writeRcloneConfig,
  type RcloneConfig,
} from '../support/rclone.ts';
import { checkReplica } from '../support/replica.ts';
import { seedRepository } from '../support/restic.ts';
import { Syncd } from '../support/syncd.ts';
import { temporaryDirectory } from '../support/temp.ts';
import { describeWithTools, pathWith, projectDirectory } from '../support/tools.ts';

const EXAMPLE = join(projectDirectory, 'deploy/config-rclone');

/** The sections of the example's rclone.conf. */
function exampleRemotes(): Record<string, Record<string, string>> {
  const text = readFileSync(join(EXAMPLE, 'rclone.conf'), 'utf8').replaceAll(/^#.*\n/gm, '');
  return Object.fromEntries(
    [...text.matchAll(/^\[(\w+)\]\n((?:.+\n)+)/gm)].map(([, name = '', lines = '']) => [
      name,
      Object.fromEntries(
        [...lines.matchAll(/^(\w+) = (.+)$/gm)].map(([, key = '', value = '']) => [key, value]),
      ),
    ]),
  );
}

/** The example as it is, except for addresses, keys and passwords. */
function withValues(values: RcloneConfig): string {
  const remotes = exampleRemotes();
  for (const [name, section] of Object.entries(values)) {
    const example = remotes[name] ?? {};
    for (const [key, value] of Object.entries(section)) {
      if (example[key] === undefined) throw new Error(`the example has no ${key} in [${name}]`);
      example[key] = value;
    }
  }
  return writeRcloneConfig(join(temporaryDirectory(), 'rclone.conf'), remotes);
}

/** A key pair in the forms of SSH. */
function sshKey(): { file: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const file = join(temporaryDirectory(), 'id_ed25519');
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const fields = [Buffer.from('ssh-ed25519'), raw].flatMap((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    return [length, field];
  });
  return { file, publicKey: `ssh-ed25519 ${Buffer.concat(fields).toString('base64')}` };
}

function temporaryFile(text: string): string {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, text);
  return file;
}

/** Servers for the remotes of the example, and its rclone.conf with their addresses. */
async function startExample(): Promise<string> {
  const [login, host] = [sshKey(), sshKey()];
  const sftp = await serveSftp({ authorizedKey: login.publicKey, hostKeyFile: host.file });
  const { section: dav } = await serveWebdav();
  const { section: s3 } = await startS3();
  const { host: name = '', port = '' } = sftp.section;
  const known_hosts_file = temporaryFile(`[${name}]:${port} ${host.publicKey}\n`);
  const file = withValues({
    nas: { host: name, user: 'backup', key_file: login.file, known_hosts_file },
    s3: pick(s3, ['endpoint', 'access_key_id', 'secret_access_key']),
    webdav: pick(dav, ['url', 'user', 'pass']),
    secret: { password: obscure('crypt-secret') },
  });
  appendTo(file, '[nas]', `port = ${port}`); // no root, no port 22
  rclone('newest', file, ['mkdir', 's3:my-backups']);
  return file;
}

function pick(section: Readonly<Record<string, string>>, keys: readonly string[]) {
  return Object.fromEntries(keys.map((key) => [key, section[key] ?? '']));
}

function appendTo(file: string, heading: string, line: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(heading, `${heading}\n${line}`));
}

describeWithTools(
  ['debian12/restic', 'debian12/rclone', 'newest/restic', 'newest/rclone', 'minio'],
  'the example with rclone, as it is installed',
  () => {
    test('it replicates to all of its backends', async () => {
      const generation = 'newest'; // what else depends on the version, the contract tests with both
      const seed = await seedRepository(generation);
      const rcloneConfig = await startExample();
      const loaded = await loadConfig(EXAMPLE);
      const backends = loaded.config?.clients[0]?.backends ?? [];
      const remotes = Object.fromEntries(
        backends.map((backend) => [
          backend.name,
          { rclone: placeTraits(backend).label, rcloneConfig },
        ]),
      );
      const syncd = new Syncd();
      syncd.writeClient('ahost', { source: seed.path, backends: [], remotes });
      const env = { PATH: pathWith(generation) };
      for (const backend of Object.keys(remotes)) {
        const init = await syncd.cli(['backend', 'init', 'ahost', backend], { env });
        expect(init).toMatchObject({ code: 0 });
      }

      const synced = await syncd.sync(['ahost'], { env });

      expect(synced.backends).toMatchObject(backends.map(() => ({ outcome: 'complete' })));
      for (const { rclone: remote } of Object.values(remotes)) {
        const restored = temporaryDirectory();
        rclone('newest', rcloneConfig, ['copy', remote, restored]);
        const checked = await checkReplica(restored, generation, { readData: true });
        expect(checked).toMatchObject({ ok: true });
      }
    });
  },
);
