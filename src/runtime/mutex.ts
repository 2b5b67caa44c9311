/** Runs one action after the other. */
export class Mutex {
  private tail: Promise<unknown> = Promise.resolve();

  async run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.tail.then(action, action);
    this.tail = result.catch(() => undefined);
    return result;
  }
}
