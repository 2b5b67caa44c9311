/** Lets one restore check at a time run in this process: many clients may be due at once. */
export class Turn {
  private isTaken = false;

  get isFree(): boolean {
    return !this.isTaken;
  }

  /** Runs an action as the only one; undefined if another one is running. */
  async during<T>(action: () => Promise<T>): Promise<T | undefined> {
    if (this.isTaken) return undefined;
    this.isTaken = true;
    try {
      return await action();
    } finally {
      this.isTaken = false;
    }
  }
}

/** That of this process. */
export const TURN = new Turn();
