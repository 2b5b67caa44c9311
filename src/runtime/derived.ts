/** A value that follows from others, kept until one of these is another object: it is computed again only after a change. */
export class Derived<T> {
  private parts: readonly unknown[] = [];
  private made: { readonly value: T } | undefined;

  of(parts: readonly unknown[], make: () => T): T {
    const { length } = this.parts;
    const isSame = parts.length === length && parts.every((part, i) => part === this.parts[i]);
    if (this.made === undefined || !isSame) this.made = { value: make() };
    this.parts = parts;
    return this.made.value;
  }
}
