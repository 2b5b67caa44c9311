/** Does it as another user, and comes back. Only for root. */
export function asUser<T>(uid: number, action: () => T): T {
  process.setegid?.(uid);
  process.seteuid?.(uid);
  try {
    return action();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
