/**
 * Runs two tasks at the same time, and stops one when the other fails. Resolves or rejects when both have ended, because a task
 * that still runs would write where nothing is expected any more. Rejects with the first failure.
 */
export async function runTogether<A, B>(
  signal: AbortSignal,
  start: (signal: AbortSignal) => readonly [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const stop = new AbortController();
  const works = start(AbortSignal.any([signal, stop.signal]));
  let first: { readonly failure: unknown } | undefined;
  const watched = works.map(async (work) => {
    await work.catch((failure: unknown) => {
      first ??= { failure };
      stop.abort();
    });
  });
  await Promise.all(watched);
  if (first !== undefined) throw first.failure;
  return Promise.all(works);
}
