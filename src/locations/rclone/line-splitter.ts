/** Cuts a stream of bytes into lines; the last one, without its end, comes with `end`. */
export class LineSplitter {
  private readonly onLine: (line: string) => void;
  private rest: Buffer[] = [];

  constructor(onLine: (line: string) => void) {
    this.onLine = onLine;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      this.onLine(Buffer.concat([...this.rest, chunk.subarray(start, at)]).toString('utf8'));
      this.rest = [];
      start = at + 1;
    }
    if (start < chunk.length) this.rest.push(chunk.subarray(start));
  }

  end(): void {
    if (this.rest.length > 0) this.onLine(Buffer.concat(this.rest).toString('utf8'));
    this.rest = [];
  }
}
