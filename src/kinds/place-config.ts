/** The configuration of a place, in the form of its kind: plain data that only the kind reads. */
export interface PlaceConfig {
  readonly kind: string;
}
