/**
 * The places of a client's backends, by marker id. Two backends that are one place, through a bind mount or another name of a
 * remote, would count as two copies, so only the first one in the configuration counts.
 */
export class Places {
  private readonly found: Map<string, string | undefined>;
  private readonly onNews: (backend: string) => void;

  /**
   * @param known in the order of the configuration, with the saved marker id of each
   * @param onNews called with the name of a backend to inspect again, because another one was found in its place
   */
  constructor(
    known: Iterable<readonly [backend: string, markerId: string | undefined]>,
    onNews: (backend: string) => void,
  ) {
    this.found = new Map(known);
    this.onNews = onNews;
  }

  /** Returns the backend that owns the place, if it is another one. */
  note(backend: string, markerId: string): string | undefined {
    const before = this.found.get(backend);
    this.found.set(backend, markerId);
    const owner = [...this.found].find(([, id]) => id === markerId)?.[0] ?? backend;
    if (owner !== backend) return owner;
    if (before !== markerId) this.wakeThoseAt([markerId, before], backend);
    return undefined;
  }

  private wakeThoseAt(ids: readonly (string | undefined)[], except: string): void {
    for (const [name, id] of this.found)
      if (name !== except && id !== undefined && ids.includes(id)) this.onNews(name);
  }
}
