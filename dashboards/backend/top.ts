/** Ten clients, chosen once for the whole graph by where they stand at its end: more lines than that nobody can read. */
export function topClients(expr: string): string {
  const atEnd = expr.replaceAll('}', '} @ end()');
  return `${expr}\nand\ntopk(10, ${atEnd})`;
}
