// The summary of a soak run, from what the tests counted: lines { what, kind, count }.

/** One line per sort of disturbance, with its kinds. */
export function describeCounts(counts) {
  return [...group(counts)].map(([what, kinds]) => {
    const parts = [...kinds].map(([kind, count]) => `${kind} ${count}`);
    return `soak: ${total(kinds)} ${what} (${parts.join(', ')})`;
  });
}

/** The whole summary as Markdown, which is committed as docs/soak.md. */
export function describeSoak({ startedAt, endedAt, seed, commit, result, counts }) {
  const minutes = (endedAt.getTime() - startedAt.getTime()) / 60_000;
  const { passed, failed, skipped } = result;
  const rows = [...group(counts)].flatMap(([what, kinds]) => [
    ...[...kinds].map(([kind, count]) => `| ${what} | ${kind} | ${count} |`),
    `| ${what} | **all** | **${total(kinds)}** |`,
  ]);
  return `${[
    '# The last soak run',
    '',
    'Written by `npm run soak -- --write`. [CONTRIBUTING.md](../CONTRIBUTING.md) says what the soak holds.',
    '',
    `- date: ${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `- commit: ${commit}`,
    `- seed: ${seed}`,
    `- node: ${process.version}`,
    `- tests: ${passed} passed, ${failed} failed, ${skipped.length} skipped`,
    `- duration: ${minutes.toFixed(1)} minutes`,
    '',
    '| what | where | count |',
    '| --- | --- | ---: |',
    ...rows,
  ].join('\n')}\n`;
}

/** what -> kind -> count, each in the order of its name. */
function group(counts) {
  const groups = new Map();
  const sorted = counts.toSorted((a, b) =>
    `${a.what} ${a.kind}`.localeCompare(`${b.what} ${b.kind}`),
  );
  for (const { what, kind, count } of sorted) {
    const kinds = groups.get(what) ?? new Map();
    groups.set(what, kinds.set(kind, (kinds.get(kind) ?? 0) + count));
  }
  return groups;
}

function total(kinds) {
  return [...kinds.values()].reduce((sum, count) => sum + count, 0);
}
