import { writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startProcess, type RunningProcess } from './process.ts';
import { temporaryDirectory, waitFor } from './temp.ts';
import { toolDirectory, toolEnvironment } from './tools.ts';

/** A PATH with the real `systemd-notify`, which here needs libraries of its own. */
export function pathWithSystemdNotify(): string {
  const directory = temporaryDirectory();
  const program = join(toolDirectory('systemd'), 'bin', 'systemd-notify');
  const { LD_LIBRARY_PATH = '' } = toolEnvironment('systemd');
  const text = `#!/bin/sh\nLD_LIBRARY_PATH='${LD_LIBRARY_PATH}' exec '${program}' "$@"\n`;
  writeFileSync(join(directory, 'systemd-notify'), text, { mode: 0o755 });
  return [directory, process.env['PATH'] ?? ''].join(delimiter);
}

/** Node has no datagram sockets. Closing what came with a message is what `systemd-notify` waits for. */
const LISTEN = `
import os, socket, sys
listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listening.bind(sys.argv[1])
print("listening", flush=True)
while True:
    data, handles, _, _ = socket.recv_fds(listening, 4096, 16)
    for line in data.decode().splitlines():
        print(line, flush=True)
    for handle in handles:
        os.close(handle)
`;

/** A socket that listens in place of systemd. */
export class NotifyListener {
  readonly address: string;
  private readonly process: RunningProcess;

  private constructor(address: string, process: RunningProcess) {
    this.address = address;
    this.process = process;
  }

  static async start(): Promise<NotifyListener> {
    const address = join(temporaryDirectory(), 'notify');
    const process = startProcess('python3', ['-c', LISTEN, address]);
    await process.waitForLine(/^listening$/);
    return new NotifyListener(address, process);
  }

  /** The messages so far, in order. */
  get messages(): readonly string[] {
    const lines = this.process.stdout().split('\n');
    return lines.filter((line) => /^[A-Z_]+=/.test(line) && line !== 'BARRIER=1');
  }

  count(message: string): number {
    return this.messages.filter((one) => one === message).length;
  }

  /** Waits until it has been told this, so many times. */
  async until(message: string, times = 1): Promise<void> {
    const isSo = () => this.count(message) >= times;
    await waitFor(isSo, { what: `${message}, ${times} times` });
  }
}
