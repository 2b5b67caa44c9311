/** What the configuration says of a place, as its kind has made it: plain data that only the kind reads. */
export interface PlaceConfig {
  readonly kind: string;
}
