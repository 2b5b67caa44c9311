/** What all clients share. */
export interface Limits {
  /** backends that move data at the same time */
  readonly transfers: number;
  /** bytes a second by name of a backend, over all clients */
  readonly bandwidth: Readonly<Record<string, number>>;
}
