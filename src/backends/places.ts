/**
 * Where the backends of a client were found, by the ids of their markers. Two that turn out to be one place, by a bind
 * mount or another name of a remote, would count as two copies: only the first in the configuration is one.
 */
export class Places {
  private readonly found: Map<string, string | undefined>;
  private readonly onNews: (backend: string) => void;

  /**
   * @param known in the order of the configuration, with what is remembered of each
   * @param onNews called with the name of one that is to be looked at again, as another one was found where it is, or was
   */
  constructor(
    known: Iterable<readonly [backend: string, markerId: string | undefined]>,
    onNews: (backend: string) => void,
  ) {
    this.found = new Map(known);
    this.onNews = onNews;
  }

  /** Answers the backend whose place it is, if it is another one's. */
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
