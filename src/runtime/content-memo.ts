/** Caches the parsed form of a small file while its content stays the same, because parsing costs more than comparing. */
export class ContentMemo<T> {
  private readonly make: (content: Buffer) => T;
  private last: { readonly content: Buffer; readonly made: T } | undefined;

  constructor(make: (content: Buffer) => T) {
    this.make = make;
  }

  of(content: Buffer): T {
    if (this.last?.content.equals(content) !== true)
      this.last = { content, made: this.make(content) };
    return this.last.made;
  }
}
