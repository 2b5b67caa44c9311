import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ResticModel, type ResticAction } from '../arbitraries/restic-model.ts';
import { InProcess, type Ran, type RunningDaemon } from './in-process.ts';
import { MemoryPlace } from './memory-location.ts';
import { Syncd } from './syncd.ts';
import { temporaryDirectory } from './temp.ts';

/** A client whose source is written by a model of restic, and on which commands are run in this process. */
export class Site {
  readonly syncd: Syncd;
  readonly source: string;
  private readonly model = new ResticModel(new MemoryPlace());
  private readonly commands: InProcess;

  /**
   * @param backends by name, of client `ahost`; none is made
   * @param makeDirectory makes the directories of the client, and of the configuration
   */
  constructor(backends: readonly string[] = ['near'], makeDirectory = temporaryDirectory) {
    this.syncd = new Syncd({ defaults: { expect: { snapshotEvery: 'off' } } }, makeDirectory());
    this.source = join(makeDirectory(), 'source');
    this.commands = new InProcess(this.syncd.configDir);
    this.act({ verb: 'backup', blobs: [1, 2] }, { verb: 'backup', blobs: [3] });
    this.syncd.writeClient('ahost', { source: this.source, backends });
  }

  /** A site whose backends are made, and hold everything. */
  static async synced(backends?: readonly string[], makeDirectory?: () => string): Promise<Site> {
    const site = new Site(backends, makeDirectory);
    for (const backend of backends ?? ['near'])
      await site.must('backend', 'init', '--same-disk', 'ahost', backend);
    await site.must('sync', 'ahost');
    return site;
  }

  run(...args: readonly string[]): Promise<Ran> {
    return this.commands.run(...args);
  }

  /** Runs a command that must succeed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** A daemon in this process, once it listens. */
  daemon(...args: readonly string[]): Promise<RunningDaemon> {
    return this.commands.daemon(...args);
  }

  /** Adds to the source what restic would add; removals are ignored. */
  act(...actions: readonly ResticAction[]): void {
    for (const action of actions) this.model.add(action);
    this.model.finish();
    const { place } = this.model;
    for (const path of place.paths()) this.write(path, place.content(path) ?? '');
    for (const kind of ['data', 'index', 'locks', 'keys', 'snapshots'])
      mkdirSync(join(this.source, kind), { recursive: true });
  }

  /** One file of the source. */
  write(path: string, content: string | Buffer): void {
    const file = join(this.source, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
