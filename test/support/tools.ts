import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from '@jest/globals';

export type Generation = 'debian12' | 'newest';
export type GenerationTool = 'restic' | 'rclone' | 'promtool';
export type SingleTool =
  | 'rest-server'
  | 'minio'
  | 'rsync'
  | 'openssh'
  | 'shellcheck'
  | 'runit'
  | 'mandoc'
  | 'rclone-serve-s3'
  | 'forgetful-fuse'
  | 'seaweedfs'
  | 'bindfs'
  | 'fail-calls'
  | 'wrong-clock'
  | 'chromium'
  | 'dashboard-preview'
  | 'node22'
  | 'node24'
  | 'node26'
  | 'buildah'
  | 'base-image'
  | 'debian13-image'
  | 'hadolint'
  | 'check-jsonschema'
  | 'systemd';
/** A requirement of a test: a tool, or something of the machine. */
export type Requirement =
  | `${Generation}/${GenerationTool}`
  | SingleTool
  | 'root'
  | 'fuse'
  | 'forgetful'
  | 'loop'
  | 'tmpfs'
  | 'overlay'
  | 'sshd';

/** The generations that a test runs with: the newest one in the gate, where a few tests name the other, and both in the soak. */
export const generations: readonly Generation[] =
  process.env['BACKUP_SYNCD_GENERATIONS'] === 'all' ? ['debian12', 'newest'] : ['newest'];
export const projectDirectory = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const toolsDirectory = resolve(
  process.env['BACKUP_SYNCD_TOOLS_DIR'] ?? join(projectDirectory, '.tools'),
);

type Description = { id: string; version: string; binary: string; libraryPath?: string[] };

/** The path of a tool's program. Throws with the reason when it is not there (see describeWithTools). */
export function tool(name: GenerationTool, generation: Generation): string;
export function tool(name: SingleTool): string;
export function tool(name: string, generation?: Generation): string {
  const id = toolId(name, generation);
  return join(toolsDirectory, id, describeTool(id).binary);
}

export function toolVersion(name: GenerationTool, generation: Generation): string;
export function toolVersion(name: SingleTool): string;
export function toolVersion(name: string, generation?: Generation): string {
  return describeTool(toolId(name, generation)).version;
}

/** The directory that a tool was unpacked into. */
export function toolDirectory(name: SingleTool): string {
  return join(toolsDirectory, toolId(name));
}

/** The environment in which a tool finds its libraries. */
export function toolEnvironment(name: SingleTool): Record<string, string> {
  const { id, libraryPath } = describeTool(toolId(name));
  if (libraryPath === undefined) return {};
  const folders = libraryPath.map((folder) => join(toolsDirectory, id, folder));
  return { LD_LIBRARY_PATH: folders.join(delimiter) };
}

/** A PATH on which restic and rclone are those of a generation. */
export function pathWith(generation: Generation): string {
  const folders = (['restic', 'rclone'] as const).map((name) => dirname(tool(name, generation)));
  return [...folders, process.env['PATH'] ?? ''].join(delimiter);
}

/**
 * `describe` when all is there that it needs, else `describe.skip`, with the reason in the list of skips that
 * `npm test` prints.
 */
export function describeWithTools(
  requirements: readonly Requirement[],
  title: string,
  fn: () => void,
): void {
  const reasons = requirements.flatMap((requirement) => whyMissing(requirement) ?? []);
  if (reasons.length === 0) {
    describe(title, fn);
    return;
  }
  recordSkip(title, reasons.join('; '));
  describe.skip(title, fn);
}

/** Why a requirement is not met on this machine; undefined when it is. */
function whyMissing(requirement: Requirement): string | undefined {
  switch (requirement) {
    case 'root':
      return process.getuid?.() === 0 ? undefined : 'needs root';
    case 'fuse':
    case 'forgetful':
      return whyNoFuse(requirement === 'fuse' ? 'bindfs' : 'forgetful-fuse');
    case 'loop':
      if (!existsSync('/dev/loop-control')) return 'needs loop devices';
      return whyMissing('root');
    case 'tmpfs':
      return whyMissing('root') ?? whyNoMount();
    default:
      return whyNoOther(requirement);
  }
}

function whyNoOther(requirement: Requirement): string | undefined {
  if (requirement === 'overlay') return whyMissing('root') ?? whyNoOverlay();
  if (requirement !== 'sshd') return whyNoTool(toolId(requirement));
  // as root it wants a user and a directory of its own, which are mounted for it
  return whyMissing('openssh') ?? whyNoMountAsRoot();
}

function recordSkip(title: string, reason: string): void {
  const file = process.env['BACKUP_SYNCD_SKIP_FILE'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ title, reason })}\n`);
  else console.warn(`skipped: ${title}: ${reason}`);
}

function toolId(name: string, generation?: Generation): string {
  if (name === 'rest-server') return 'newest/rest-server';
  return generation === undefined ? name : `${generation}/${name}`;
}

function whyNoTool(id: string): string | undefined {
  if (existsSync(join(toolsDirectory, id, 'tool.json'))) return undefined;
  const reasonFile = join(toolsDirectory, `${id}.missing`);
  const reason = existsSync(reasonFile)
    ? readFileSync(reasonFile, 'utf8').trim()
    : 'not fetched yet: node scripts/tools/main.mjs';
  return `${id}: ${reason}`;
}

function describeTool(id: string): Description {
  const reason = whyNoTool(id);
  if (reason !== undefined) throw new Error(`no tool ${reason}`);
  return JSON.parse(readFileSync(join(toolsDirectory, id, 'tool.json'), 'utf8')) as Description;
}

function whyNoFuse(server: SingleTool): string | undefined {
  if (!existsSync('/dev/fuse')) return 'needs /dev/fuse';
  return whyMissing('root') ?? whyMissing(server);
}

function whyNoMountAsRoot(): string | undefined {
  return process.getuid?.() === 0 ? whyNoMount() : undefined;
}

function whyNoOverlay(): string | undefined {
  const mount = 'mount -t tmpfs tmpfs /mnt && mkdir /mnt/a /mnt/b && mount -t overlay overlay';
  const script = `${mount} -o lowerdir=/etc,upperdir=/mnt/a,workdir=/mnt/b /etc`;
  const inside = ['--mount', '--pid', '--fork', '--propagation', 'private', 'sh', '-c', script];
  try {
    execFileSync('unshare', inside, { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `cannot mount an overlay: ${String(error).split('\n').at(-1) ?? ''}`;
  }
}

function whyNoMount(): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'pipe' });
    execFileSync('umount', [path]);
    return undefined;
  } catch (error) {
    return `cannot mount a tmpfs: ${String(error).split('\n').at(-1) ?? ''}`;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}
