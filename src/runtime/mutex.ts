/** Runs one action after the other. */
export class Mutex {
  private tail: Promise<unknown> = Promise.resolve();

  async run<T>(action: () => Promise<T>): Promise<T> {
    const result = this.tail.then(action, action);
    this.tail = result.catch(() => undefined);
    return result;
  }

  /** Runs an action if its turn comes soon enough. Otherwise it returns undefined, and the action never runs. */
  async runSoon<T>(withinMs: number, action: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        resolve(undefined);
      }, withinMs);
      const begin = async () => {
        if (isLate) return;
        clearTimeout(timer);
        resolve(await action());
      };
      this.run(begin).catch(reject);
    });
  }
}
