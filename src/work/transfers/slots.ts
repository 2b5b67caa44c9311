/** So many at a time, in one process. Nobody waits here: one that gets no slot asks again later. */
export class Slots {
  private readonly count: number;
  private taken = 0;

  constructor(count: number) {
    this.count = count;
  }

  get isFree(): boolean {
    return this.taken < this.count;
  }

  /** Runs an action that holds a slot, even if none is free: who may begin was decided before. */
  async during<T>(action: () => Promise<T>): Promise<T> {
    this.taken += 1;
    try {
      return await action();
    } finally {
      this.taken -= 1;
    }
  }
}
