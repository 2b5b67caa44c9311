// What the container image is built and tested with where there is no Docker: buildah, and the image that the
// Dockerfile begins with, made of Debian's and npm's packages. And other releases of Debian, for its package.
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMirror, unpackDebianPackages } from './apt.mjs';
import { toolsDirectory } from './paths.mjs';
import { run } from './run.mjs';

/**
 * With the libraries that a bare machine lacks. It starts a copy of itself from memory, without its environment: so
 * neither LD_LIBRARY_PATH nor $ORIGIN finds them, only a path in the program.
 */
export function buildah({ debian, multiarch }) {
  const libraries = ['libgpgme11', 'libassuan0', 'libdevmapper1.02.1', 'libseccomp2'];
  const folders = [`lib/${multiarch}`, `usr/lib/${multiarch}`];
  const home = join(toolsDirectory(), 'buildah');
  const entry = debian({
    suites: ['bookworm'],
    packages: ['buildah', 'patchelf', ...libraries],
    binary: 'buildah',
    versionArgs: ['--version'],
    libraryPath: folders,
  });
  return {
    ...entry,
    key: `${entry.key} at ${home}`,
    async install(directory, suite) {
      await entry.install(directory, suite);
      const path = folders.map((folder) => join(home, folder)).join(':');
      const [patchelf, program] = ['patchelf', 'buildah'].map((name) =>
        join(directory, 'usr/bin', name),
      );
      await run(patchelf, ['--set-rpath', path, program]);
    },
  };
}

/** The stand-in for `node:24-bookworm-slim`: the same Debian, Node and npm, as `rootfs.tar`. */
export function baseImage({ node, npm }) {
  const packages = { node: `node-linux-${process.arch}@${node}`, npm: `npm@${npm}` };
  return {
    key: `bookworm ${Object.values(packages).join(' ')} 1`,
    async install(directory) {
      const rootfs = await bootstrap(directory, { suite: 'bookworm' });
      await addNode({ directory, rootfs, packages });
      await pack(directory, rootfs);
    },
    binary: `npm/node_modules/node-linux-${process.arch}/bin/node`,
    versionArgs: ['--version'],
  };
}

/** A minimal Debian with some more packages, as `rootfs.tar`. */
export function debianImage({ suite, packages }) {
  return {
    key: `${suite} ${packages.join(' ')} 1`,
    async install(directory) {
      await pack(directory, await bootstrap(directory, { suite, packages }));
    },
    binary: 'rootfs.tar',
    version: suite,
  };
}

/** The directory in which the new system is. */
async function bootstrap(directory, { suite, packages = [] }) {
  if (process.getuid?.() !== 0) throw new Error('needs root, for debootstrap');
  const rootfs = join(directory, 'rootfs');
  const tools = join(directory, '.debootstrap');
  await unpackDebianPackages({
    suite,
    directory: tools,
    packages: ['debootstrap', 'wget'],
  });
  const env = {
    DEBOOTSTRAP_DIR: join(tools, 'usr/share/debootstrap'),
    // wget of the system, if there is one, knows its proxy and certificates
    PATH: `${process.env.PATH}:/usr/sbin:/sbin:${join(tools, 'usr/bin')}`,
  };
  const keyring = '--keyring=/usr/share/keyrings/debian-archive-keyring.gpg';
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  const options = ['--variant=minbase', keyring, ...include, suite, rootfs, findMirror()];
  await run('sh', [join(tools, 'usr/sbin/debootstrap'), ...options], { env });
  for (const path of ['var/cache/apt/archives', 'var/lib/apt/lists', 'usr/share/doc']) {
    rmSync(join(rootfs, path), { recursive: true });
    mkdirSync(join(rootfs, path));
  }
  rmSync(tools, { recursive: true });
  return rootfs;
}

async function pack(directory, rootfs) {
  await run('tar', ['-cf', join(directory, 'rootfs.tar'), '-C', rootfs, '.']);
  rmSync(rootfs, { recursive: true });
}

/** Where the official image has them: /usr/local/bin, and npm in /usr/local/lib/node_modules. */
async function addNode({ directory, rootfs, packages }) {
  const npm = join(directory, 'npm');
  mkdirSync(npm);
  writeFileSync(join(npm, 'package.json'), '{"private":true}\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  await run('npm', ['install', '--prefix', npm, ...quiet, ...Object.values(packages)], {
    cwd: npm,
  });
  const local = join(rootfs, 'usr/local');
  const node = join(npm, 'node_modules', `node-linux-${process.arch}`, 'bin/node');
  cpSync(node, join(local, 'bin/node'));
  const target = join(local, 'lib/node_modules/npm');
  cpSync(join(npm, 'node_modules/npm'), target, { recursive: true, verbatimSymlinks: true });
  for (const name of ['npm', 'npx']) {
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name));
  }
  rmSync(join(npm, 'node_modules/npm'), { recursive: true });
  if (!existsSync(join(local, 'bin/npm'))) throw new Error('npm has no bin/npm-cli.js any more');
  const user = ['node:x:1000:1000::/home/node:/bin/bash', 'node:x:1000:'];
  for (const [file, line] of [
    ['etc/passwd', user[0]],
    ['etc/group', user[1]],
  ]) {
    writeFileSync(join(rootfs, file), `${line}\n`, { flag: 'a' });
  }
}
