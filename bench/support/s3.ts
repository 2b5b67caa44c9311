import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { freePort } from './free-port.ts';
import { findTool } from './tools.ts';

const USER = 'bench';
const PASSWORD = 'bench-secret';

/** A local MinIO with one bucket, whose objects are plain files, and which counts its requests. */
export class S3Server {
  /** Files put here are objects at once: fifty thousand of them need not be uploaded. */
  readonly bucket: string;
  /** For programs that call rclone: the newest first in PATH, and the remote `s3:`. */
  readonly env: NodeJS.ProcessEnv;
  private readonly url: string;
  private readonly child: ChildProcess;

  private constructor(bench: Bench, port: number) {
    const directory = join(bench.directory, 's3');
    this.bucket = join(directory, 'bucket');
    mkdirSync(this.bucket, { recursive: true });
    this.url = `http://127.0.0.1:${port}`;
    this.env = {
      ...process.env,
      PATH: `${dirname(bench.rclone)}${delimiter}${process.env['PATH'] ?? ''}`,
      RCLONE_CONFIG_S3_TYPE: 's3',
      RCLONE_CONFIG_S3_PROVIDER: 'Minio',
      RCLONE_CONFIG_S3_ENDPOINT: this.url,
      RCLONE_CONFIG_S3_ACCESS_KEY_ID: USER,
      RCLONE_CONFIG_S3_SECRET_ACCESS_KEY: PASSWORD,
    };
    const home = join(bench.directory, 'minio');
    const args = ['server', '--quiet', '--config-dir', home, '--address', `127.0.0.1:${port}`];
    this.child = spawn(findTool('minio').path, [...args, directory], {
      stdio: 'ignore',
      env: {
        HOME: home,
        MINIO_ROOT_USER: USER,
        MINIO_ROOT_PASSWORD: PASSWORD,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        MINIO_PROMETHEUS_AUTH_TYPE: 'public',
      },
    });
    process.once('exit', this.kill);
  }

  static async start(bench: Bench): Promise<S3Server> {
    const server = new S3Server(bench, await freePort());
    for (let i = 0; i < 600; i++) {
      const answer = await fetch(server.url).catch(() => undefined);
      if (answer?.status === 403) return server;
      await sleep(100);
    }
    throw new Error('MinIO does not start');
  }

  /** Requests for S3 since it was started, as the server counts them. Throws when it counts none: then it does not count. */
  async requests(): Promise<number> {
    const text = await (await fetch(`${this.url}/minio/prometheus/metrics`)).text(); // its newer ones are ten seconds old
    const count = text
      .split('\n')
      .filter((line) => line.startsWith('s3_requests_total{'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    if (count === 0) throw new Error('MinIO counts no requests');
    return count;
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.kill();
    await exited;
    process.off('exit', this.kill);
  }

  private readonly kill = (): void => {
    this.child.kill('SIGKILL');
  };
}
