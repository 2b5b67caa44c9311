/** A number of slots in one process. Nothing waits here: work that gets no slot asks again later. */
export class Slots {
  private readonly count: number;
  private taken = 0;

  constructor(count: number) {
    this.count = count;
  }

  get isFree(): boolean {
    return this.taken < this.count;
  }

  /** Runs an action that holds a slot, even if none is free, because its start was decided before. */
  async during<T>(action: () => Promise<T>): Promise<T> {
    this.taken += 1;
    try {
      return await action();
    } finally {
      this.taken -= 1;
    }
  }
}
