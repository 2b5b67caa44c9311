/** Asks now, for an answer that is judged later, or not at all. */
export function asked<T>(question: () => Promise<T>): () => Promise<T> {
  const answer = question();
  answer.catch(() => undefined);
  return () => answer;
}
