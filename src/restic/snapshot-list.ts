import { toSnapshot, type ResticSnapshot } from './entries.ts';

/** The longest description of one snapshot, in bytes: a backup with `--files-from` names every file. */
export const LONGEST_SNAPSHOT = 16 * 1024 * 1024;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const LIST = 0x5b;
/** The depth of a snapshot, which is in the list. */
const DEPTH = 2;

/**
 * Splits the output of `restic snapshots --json`, one line with all snapshots, without holding the whole line: it may be larger
 * than the memory. Text outside the list, such as messages of restic 0.19, is left out.
 */
export class SnapshotList {
  private readonly onSnapshot: (snapshot: ResticSnapshot) => void;
  private depth = 0;
  private isInText = false;
  private isEscaped = false;
  private isInList = false;
  private hasList = false;
  private parts: Buffer[] = [];
  private partBytes = 0;
  private outside = '';
  private fault: Error | undefined;

  constructor(onSnapshot: (snapshot: ResticSnapshot) => void) {
    this.onSnapshot = onSnapshot;
  }

  /** Never throws: that would end the daemon. */
  push(chunk: Buffer): void {
    if (this.fault !== undefined) return;
    try {
      this.scan(chunk);
    } catch (error) {
      this.fault = new Error('not a list of snapshots', { cause: error });
      this.parts = [];
    }
  }

  /** Throws if it was not a list; an empty one is printed as `null`. */
  end(): void {
    if (this.fault !== undefined) throw this.fault;
    const isComplete = this.depth === 0 && !this.isInText;
    if (isComplete && (this.hasList || this.outside.trim() === 'null')) return;
    throw new Error('not a list of snapshots');
  }

  private scan(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.isInText) this.passText(byte);
      else if (byte === QUOTE) this.isInText = true;
      else if (OPENING.has(byte)) {
        this.open(byte);
        if (this.depth === DEPTH) start = at;
      } else if (CLOSING.has(byte)) {
        this.close();
        if (this.depth === DEPTH - 1) this.finish(chunk.subarray(start, at + 1));
      } else if (this.depth === 0)
        this.outside = `${this.outside}${String.fromCharCode(byte)}`.slice(0, 10);
    }
    if (this.depth >= DEPTH) this.keep(chunk.subarray(start));
  }

  private open(byte: number): void {
    if (this.depth === 0) this.isInList = byte === LIST;
    this.hasList ||= this.isInList;
    this.depth += 1;
  }

  private close(): void {
    this.depth -= 1;
    if (this.depth < 0) throw new Error('it has no beginning');
  }

  private passText(byte: number): void {
    if (this.isEscaped) this.isEscaped = false;
    else if (byte === BACKSLASH) this.isEscaped = true;
    else if (byte === QUOTE) this.isInText = false;
  }

  private keep(part: Buffer): void {
    if (!this.isInList) return;
    this.partBytes += part.length;
    if (this.partBytes > LONGEST_SNAPSHOT)
      throw new Error('the description of a snapshot is too long');
    this.parts.push(part);
  }

  private finish(last: Buffer): void {
    this.keep(last);
    const text = Buffer.concat(this.parts).toString('utf8');
    [this.parts, this.partBytes] = [[], 0];
    const snapshot = this.isInList ? toSnapshot(JSON.parse(text)) : undefined;
    if (snapshot !== undefined) this.onSnapshot(snapshot);
  }
}
