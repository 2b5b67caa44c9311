import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { RcloneControl } from '../support/rclone-control.ts';
import { temporaryDirectory } from '../support/temp.ts';
import type { ContractView } from './location-contract.ts';

const isOurs = (path: string) => path.startsWith('.backup-syncd');
const isTemporary = (path: string) => path.startsWith('.backup-syncd/tmp/');

/** Files that stand under their own names below a directory, which is made. */
export function viewOfDirectory(root: string): ContractView {
  mkdirSync(root, { recursive: true });
  const all = () =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .sort();
  return {
    plant(path, content, mtimeMs) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (existsSync(file)) chmodSync(file, 0o600);
      writeFileSync(file, content);
      if (mtimeMs !== undefined) utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
    },
    unplant: (path) => rmSync(join(root, path)),
    content: (path) => (existsSync(join(root, path)) ? readFileSync(join(root, path)) : undefined),
    mtimeMs: (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs,
    files: () => all().filter((path) => !isOurs(path)),
    temporaries: () => all().filter(isTemporary),
  };
}

/** Files that only rclone can read: encrypted, or in a store of its own format. */
export async function viewThroughRclone(
  rclone: RcloneControl,
  remote: string,
): Promise<ContractView> {
  await rclone.call('operations/mkdir', { fs: remote, remote: '' });
  const desk = temporaryDirectory();
  const file = join(desk, 'file');
  const all = async () => (await rclone.list(remote)).sort();
  const stat = (path: string) => rclone.stat(remote, path);
  return {
    async plant(path, content, mtimeMs) {
      writeFileSync(file, content);
      if (mtimeMs !== undefined) utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
      await rclone.copyFile([desk, 'file'], [remote, path]);
    },
    unplant: (path) => rclone.call('operations/deletefile', { fs: remote, remote: path }),
    async content(path) {
      if ((await stat(path)) === undefined) return undefined;
      rmSync(file, { force: true });
      await rclone.copyFile([remote, path], [desk, 'file']);
      return readFileSync(file);
    },
    mtimeMs: async (path) => (await stat(path))?.mtimeMs,
    files: async () => (await all()).filter((path) => !isOurs(path)),
    temporaries: async () => (await all()).filter(isTemporary),
  };
}
