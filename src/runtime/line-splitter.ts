/** Splits a stream of bytes into lines. `end` passes on the last one, which has no line ending. */
export class LineSplitter {
  /** the first error of `onLine`; if thrown where the bytes arrive, it would end the daemon */
  fault: unknown;
  private readonly onLine: (line: string) => void;
  private readonly longest: number;
  private rest: Buffer[] = [];
  private restBytes = 0;

  /** @param longest bytes; longer lines come in pieces */
  constructor(onLine: (line: string) => void, longest: number) {
    this.onLine = onLine;
    this.longest = longest;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      this.say(chunk.subarray(start, at));
      start = at + 1;
    }
    if (start === chunk.length) return;
    this.rest.push(chunk.subarray(start));
    this.restBytes += chunk.length - start;
    if (this.restBytes > this.longest) this.flushPieces();
  }

  end(): void {
    if (this.restBytes > 0) this.say();
  }

  private say(last?: Buffer): void {
    if (last !== undefined) this.keep([...this.rest, last]);
    if (this.restBytes > this.longest) this.flushPieces();
    this.tell(Buffer.concat(this.rest));
    this.keep([]);
  }

  /** The buffered line without its last piece. */
  private flushPieces(): void {
    const line = Buffer.concat(this.rest);
    let at = 0;
    for (; line.length - at > this.longest; at += this.longest)
      this.tell(line.subarray(at, at + this.longest));
    this.keep([line.subarray(at)]);
  }

  private tell(line: Buffer): void {
    try {
      this.onLine(line.toString('utf8'));
    } catch (error) {
      this.fault ??= error;
    }
  }

  private keep(rest: Buffer[]): void {
    this.rest = rest;
    this.restBytes = rest.reduce((sum, { length }) => sum + length, 0);
  }
}
