type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Removes undefined properties, because an unknown fact is absent. A loop, because a scrape of many clients creates thousands. */
export function optional<T extends object>(values: T): Defined<T> {
  const known: Partial<T> = {};
  for (const key in values) if (values[key] !== undefined) known[key] = values[key];
  return known as Defined<T>;
}
