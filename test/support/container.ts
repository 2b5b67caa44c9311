import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { onCleanUp } from './clean-up.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess } from './process.ts';
import { temporaryDirectory } from './temp.ts';
import { projectDirectory, tool, toolDirectory } from './tools.ts';

/** Certificates of the machine, for its npm; under a name that no package of the image knows. */
const CERTIFICATES = '/srv/certificates-of-the-host.crt';

export type RunOptions = {
  /** "host:container[:ro]" */
  readonly volumes?: readonly string[];
};

/** buildah with a store of its own, which is gone after the test file: images are built and run, no daemon needed. */
export class ImageStore {
  readonly #directory = temporaryDirectory();
  #driver = 'vfs';

  /** Layers on overlayfs where the kernel lets us: vfs, which works everywhere, copies all of an image for each. */
  async open(): Promise<void> {
    const { code } = await this.#run(['info'], 'overlay');
    if (code === 0) this.#driver = 'overlay';
  }

  /** An image of one file, in place of one from a registry. */
  async addImage(name: string, file: string, path: string): Promise<void> {
    const context = temporaryDirectory();
    copyFileSync(file, join(context, basename(file)));
    writeFileSync(join(context, 'Dockerfile'), `FROM scratch\nADD ${basename(file)} ${path}\n`);
    await this.#mustRun(['bud', ...this.#build(), '--quiet', '--tag', name, context]);
  }

  /** Adds the base images of the project's Dockerfile, in the versions that it names. */
  async addBases(): Promise<void> {
    const bases = new Set([...unpinned().matchAll(/^FROM (\S+)/gm)].map(([, name]) => name));
    for (const name of bases) {
      if (name?.includes('/node:') === true) {
        await this.addImage(name, join(toolDirectory('base-image'), 'rootfs.tar'), '/');
      } else if (name?.includes('/restic:') === true) {
        await this.addImage(name, tool('restic', 'newest'), '/usr/bin/restic');
      } else if (name?.includes('/rclone:') === true) {
        await this.addImage(name, tool('rclone', 'newest'), '/usr/local/bin/rclone');
      } else throw new Error(`no stand-in for ${name ?? ''}`);
    }
  }

  /** Builds the project's Dockerfile; no image is fetched. */
  async build(name: string): Promise<void> {
    const npmrc = join(this.#directory, 'npmrc');
    const { registry, cafile } = await npmSettings();
    writeFileSync(
      npmrc,
      `registry=${registry}\n${cafile === '' ? '' : `cafile=${CERTIFICATES}\n`}`,
    );
    const volumes = cafile === '' ? [] : ['--volume', `${cafile}:${CERTIFICATES}:ro`];
    const dockerfile = join(this.#directory, 'Dockerfile');
    writeFileSync(dockerfile, unpinned());
    const args = [
      '--file',
      dockerfile,
      '--format',
      'docker',
      '--pull-never',
      '--secret',
      `id=npmrc,src=${npmrc}`,
    ];
    await this.#mustRun([
      ...['bud', ...this.#build(), ...args, ...volumes, '--tag', name, projectDirectory],
    ]);
  }

  async inspect(name: string): Promise<Record<string, unknown>> {
    const { stdout } = await this.#mustRun(['inspect', '--type', 'image', name]);
    const { Docker } = JSON.parse(stdout) as { Docker: Record<string, unknown> };
    return Docker;
  }

  /** A container of an image; removed with the store. */
  async create(image: string): Promise<string> {
    const { stdout } = await this.#mustRun(['from', '--pull-never', image]);
    const container = stdout.trim();
    onCleanUp(() => this.#run(['rm', container]));
    // buildah 1.28 mounts a volume that the image declares over the one that is given for the same path, or the other
    // way round, as it happens; Docker and Podman always leave out the declared one
    const { Volumes = {} } = (await this.inspect(image))['config'] as { Volumes?: object };
    const without = Object.keys(Volumes).flatMap((path) => ['--volume', `${path}-`]);
    if (without.length > 0) await this.#mustRun(['config', ...without, container]);
    return container;
  }

  /** To be stopped with `terminate`. */
  start(container: string, command: readonly string[], options: RunOptions = {}): RunningProcess {
    return startProcess(...this.#buildah(runArgs(container, command, options)));
  }

  run(
    container: string,
    command: readonly string[],
    options: RunOptions = {},
  ): Promise<ProcessResult> {
    return this.#run(runArgs(container, command, options));
  }

  /**
   * Starts a container as `docker run --read-only --tmpfs /tmp --user USER` does. buildah cannot, so this mounts the image and
   * enters it.
   */
  startReadOnly(
    container: string,
    command: readonly string[],
    { user, volumes = [] }: RunOptions & { readonly user: string },
  ): RunningProcess {
    const script = [
      'set -e',
      `root=$(${this.#command(['mount', container]).join(' ')})`,
      'mount --bind "$root" "$root"',
      'mount -t proc proc "$root/proc"',
      'mount --rbind /dev "$root/dev"',
      'mount -t tmpfs tmpfs "$root/tmp"',
      ...volumes.map((volume) => {
        const [from = '', to = '', mode = 'rw'] = volume.split(':');
        return `mkdir -p "$root${to}"; mount --bind -o ${mode} ${from} "$root${to}"`;
      }),
      'mount -o remount,bind,ro "$root"',
      // its environment is what the image says, and what an engine sets for a user without a name
      'cd /; exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/ NODE_ENV=production ' +
        `chroot --userspec=${user} "$root" "$@"`,
    ].join('\n');
    return startProcess(...isolated(['sh', '-c', script, 'sh', ...command]));
  }

  #buildah(args: readonly string[], driver = this.#driver): [string, string[]] {
    return isolated(this.#command(args, driver));
  }

  #command(args: readonly string[], driver = this.#driver): string[] {
    const folder = (name: string) => join(this.#directory, driver, name);
    const store = [
      '--root',
      folder('root'),
      '--runroot',
      folder('run'),
      '--storage-driver',
      driver,
    ];
    return [tool('buildah'), ...store, ...args];
  }

  #build(): string[] {
    const policy = join(this.#directory, 'policy.json');
    writeFileSync(policy, '{"default":[{"type":"insecureAcceptAnything"}]}');
    return ['--isolation', 'chroot', '--signature-policy', policy];
  }

  #run(args: readonly string[], driver = this.#driver): Promise<ProcessResult> {
    return runProcess(...this.#buildah(args, driver), { timeoutMs: 1_100_000 });
  }

  async #mustRun(args: readonly string[]): Promise<ProcessResult> {
    const result = await this.#run(args);
    if (result.code === 0) return result;
    throw new Error(`buildah ${args[0] ?? ''}: ${result.stderr.slice(-3000)}`);
  }
}

/**
 * In namespaces of its own, as a container is: when it is killed, its processes, which tini puts into a group of their
 * own, and its mounts go with it.
 */
function isolated(command: readonly string[]): [string, string[]] {
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return ['unshare', [...namespaces, '--', ...command]];
}

/** The Dockerfile of the project without digests: the images that stand in for its bases have others. */
function unpinned(): string {
  const text = readFileSync(join(projectDirectory, 'Dockerfile'), 'utf8');
  return text.replaceAll(/@sha256:[0-9a-f]{64}/g, '');
}

/** SIGTERM to the first process of a container, as its engine sends it; buildah passes no signal on. */
export function terminate(running: RunningProcess, name = 'tini'): void {
  const pid = descendant(running.pid, name);
  if (pid === undefined) throw new Error(`no ${name} below ${running.pid}`);
  process.kill(pid, 'SIGTERM');
}

function descendant(pid: number, name: string): number | undefined {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  );
  for (const child of children.map(Number)) {
    if (readFileSync(`/proc/${child}/comm`, 'utf8').trim() === name) return child;
    const deeper = descendant(child, name);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

function runArgs(container: string, command: readonly string[], options: RunOptions): string[] {
  const { volumes = [] } = options;
  return [
    ...['run', '--isolation', 'chroot'],
    ...volumes.flatMap((volume) => ['--volume', volume]),
    ...[container, '--', ...command],
  ];
}

/** Where this machine's npm fetches from. */
async function npmSettings(): Promise<{ registry: string; cafile: string }> {
  const read = async (key: string) =>
    (await runProcess('npm', ['config', 'get', key])).stdout
      .trim()
      .replace(/^(null|undefined)$/, '');
  return { registry: await read('registry'), cafile: await read('cafile') };
}
