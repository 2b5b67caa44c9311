/** Ten clients, chosen for the whole graph by their values at its end: more lines cannot be read. */
export function topClients(expr: string): string {
  const atEnd = expr.replaceAll('}', '} @ end()');
  return `${expr}\nand\ntopk(10, ${atEnd})`;
}
