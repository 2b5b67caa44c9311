/** Cuts a stream of bytes into lines; the last one, without its end, comes with `end`. */
export class LineSplitter {
  private readonly onLine: (line: string) => void;
  private readonly longest: number;
  private rest: Buffer[] = [];
  private restBytes = 0;

  /** @param longest bytes; what is longer comes in pieces */
  constructor(onLine: (line: string) => void, longest = Infinity) {
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
    if (this.restBytes >= this.longest) this.say();
  }

  end(): void {
    if (this.rest.length > 0) this.say();
  }

  private say(last?: Buffer): void {
    const line = Buffer.concat(last === undefined ? this.rest : [...this.rest, last]);
    this.rest = [];
    this.restBytes = 0;
    for (let at = 0; at === 0 || at < line.length; at += this.longest)
      this.onLine(line.subarray(at, at + this.longest).toString('utf8'));
  }
}
