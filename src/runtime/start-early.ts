/** Marks the rejection of a promise as handled, for a result that is awaited later or not at all. */
export function startEarly<T>(question: () => Promise<T>): () => Promise<T> {
  const answer = question();
  answer.catch(() => undefined);
  return () => answer;
}
