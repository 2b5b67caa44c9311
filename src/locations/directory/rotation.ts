/** So many shares are all of it. */
export const SHARES = 8;

/** Which of `count` things, in their order, are looked at in a turn: those of eight turns are all of them, each once. */
export function shareOf(count: number, turn: number): { start: number; end: number } {
  const edge = (share: number) => Math.floor((share * count) / SHARES);
  const share = turn % SHARES;
  return { start: edge(share), end: edge(share + 1) };
}
