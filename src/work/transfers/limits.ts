/** Limits that all clients share. */
export interface Limits {
  /** the number of backends that may transfer data at the same time */
  readonly transfers: number;
  /** bytes per second by backend name, for all clients together */
  readonly bandwidth: Readonly<Record<string, number>>;
}
