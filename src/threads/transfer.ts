/**
 * The memory of these bytes, if they have it for themselves: it can be handed over to another thread instead of copied. Whoever
 * hands it over has it no more.
 */
export function memoryOf(bytes: unknown): ArrayBuffer[] {
  if (!(bytes instanceof Uint8Array) || !(bytes.buffer instanceof ArrayBuffer)) return [];
  return bytes.byteLength === bytes.buffer.byteLength ? [bytes.buffer] : [];
}
