import { request } from 'node:http';
import { join } from 'node:path';
import { startProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

type Parameters = Readonly<Record<string, unknown>>;
/** A remote or a directory, and a path below it. */
type Place = readonly [fs: string, path: string];

/** A running rclone that is controlled over a socket, so that no process starts for each check. */
export class RcloneControl {
  /** what such an rclone is started with */
  readonly flags: readonly string[];
  private readonly socketPath = join(temporaryDirectory(), 'rc.sock');

  constructor() {
    this.flags = ['--rc-no-auth', '--rc-addr', `unix://${this.socketPath}`];
  }

  /** The newest rclone, with the remotes of a configuration file. */
  static async start(configFile: string): Promise<RcloneControl> {
    const control = new RcloneControl();
    const args = ['rcd', ...control.flags, '--config', configFile];
    startProcess(tool('rclone', 'newest'), args, { env: { HOME: '/nonexistent' } });
    await control.ready();
    return control;
  }

  async ready(): Promise<void> {
    const isThere = async () => (await this.send('rc/noop', {})).isOk;
    await waitFor(isThere, { what: 'the control socket of an rclone' });
  }

  /** Rejects with what rclone says when it cannot. */
  async call(method: string, parameters: Parameters): Promise<void> {
    await this.ask(method, parameters);
  }

  /** Replaces a file, and keeps its time. */
  async copyFile([srcFs, srcRemote]: Place, [dstFs, dstRemote]: Place): Promise<void> {
    const places = { srcFs, srcRemote, dstFs, dstRemote };
    await this.call('operations/copyfile', { ...places, _config: { IgnoreTimes: true } });
  }

  /** Makes a remote or a directory equal to another one. */
  async mirror(srcFs: string, dstFs: string): Promise<void> {
    await this.call('sync/sync', { srcFs, dstFs, _config: { IgnoreTimes: true } });
  }

  /** The path of every file below a remote. */
  async list(fs: string): Promise<string[]> {
    const opt = { recurse: true, filesOnly: true, noModTime: true, noMimeType: true };
    const { list } = await this.ask('operations/list', { fs, remote: '', opt });
    return (list as readonly { Path: string }[]).map(({ Path }) => Path);
  }

  async stat(fs: string, remote: string): Promise<{ mtimeMs: number } | undefined> {
    const { item } = await this.ask('operations/stat', { fs, remote });
    return item === null
      ? undefined
      : { mtimeMs: Date.parse((item as { ModTime: string }).ModTime) };
  }

  private async ask(method: string, parameters: Parameters): Promise<Record<string, unknown>> {
    const { isOk, body } = await this.send(method, parameters);
    if (!isOk) throw new Error(`rclone ${method}: ${body}`);
    return JSON.parse(body) as Record<string, unknown>;
  }

  private send(method: string, parameters: Parameters): Promise<{ isOk: boolean; body: string }> {
    return new Promise((resolve, reject) => {
      const { socketPath } = this;
      const headers = { 'content-type': 'application/json' };
      const options = { socketPath, headers, method: 'POST', path: `/${method}`, agent: false };
      const asking = request(options, (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => (body += text));
        answer.on('end', () => resolve({ isOk: answer.statusCode === 200, body }));
        answer.on('error', reject);
      });
      asking.on('error', reject).end(JSON.stringify(parameters));
    });
  }
}
