import { write } from 'node:fs';

/** Bytes that may wait for a slow reader. */
const CAPACITY = 1024 * 1024;
/** The size of one write in bytes: a reader that stops in the middle of it loses no more than that. */
const CHUNK = 64 * 1024;
/** How long to wait after a descriptor accepts nothing (EAGAIN), in milliseconds. */
const RETRY_MS = 100;

type Write = typeof write;

export interface LineWriterOptions {
  /** bytes; default 1 MiB */
  readonly capacity?: number;
  /** for tests */
  readonly write?: Write;
}

/**
 * Writes lines to a file descriptor and never waits for its reader: a log that stalls, or a disk that is full, costs lines and
 * nothing else (I14). Lines wait in a bounded buffer. Lines that find it full, or that cannot be written, are dropped and counted.
 * Only one write runs at a time, so a stalled reader blocks at most one of libuv's threads.
 */
export class LineWriter {
  private readonly fd: number;
  private readonly capacity: number;
  private readonly writeTo: Write;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private writing: Buffer | undefined;
  private dropped = 0;
  private reported = 0;
  /** called with the number of lines that were dropped, once the log takes lines again */
  onRecovered: (lines: number) => void = () => undefined;
  private onIdle: () => void = () => undefined;

  constructor(fd: number, { capacity = CAPACITY, write: writeTo = write }: LineWriterOptions = {}) {
    this.fd = fd;
    this.capacity = capacity;
    this.writeTo = writeTo;
  }

  /** The number of lines dropped since the start. */
  get droppedLines(): number {
    return this.dropped;
  }

  /** Takes one line, with its newline, and returns at once. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.waitingBytes + bytes.length > this.capacity) {
      this.dropped += 1;
      return;
    }
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.next();
  }

  /**
   * Waits until every line is written or dropped.
   *
   * @param timeoutMs milliseconds after which it gives up
   * @returns false when a write is still under way; the process then cannot end by `exit`, which waits for it
   */
  async drain(timeoutMs: number): Promise<boolean> {
    if (this.writing === undefined) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  private next(): void {
    if (this.writing !== undefined) return;
    if (this.waiting.length === 0) {
      this.onIdle();
      return;
    }
    this.writing = this.takeChunk();
    this.send(this.writing);
  }

  /** Takes as many whole lines as fit into one write, at least one. */
  private takeChunk(): Buffer {
    let [count, bytes] = [0, 0];
    for (const { length } of this.waiting) {
      if (count > 0 && bytes + length > CHUNK) break;
      count += 1;
      bytes += length;
    }
    this.waitingBytes -= bytes;
    return Buffer.concat(this.waiting.splice(0, count), bytes);
  }

  private send(rest: Buffer): void {
    this.writeTo(this.fd, rest, 0, rest.length, null, (error, written) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.send(rest), RETRY_MS);
        return;
      }
      if (error === null && written < rest.length) {
        this.send(rest.subarray(written));
        return;
      }
      if (error !== null) this.dropped += countLines(rest);
      else this.report();
      this.writing = undefined;
      this.next();
    });
  }

  private report(): void {
    const lines = this.dropped - this.reported;
    this.reported = this.dropped;
    if (lines > 0) this.onRecovered(lines);
  }
}

function countLines(bytes: Buffer): number {
  return bytes.toString('latin1').split('\n').length - 1;
}
