import type { Site } from '../../../support/site.ts';

/** The output about a client's places, without its name and ages. */
export async function statusOf(site: Site, client: string): Promise<unknown> {
  const { stdout } = await site.run('status', '--json', client);
  const { clients } = JSON.parse(stdout) as {
    clients: { setUpAt: string; backends: Record<string, unknown>[] }[];
  };
  return clients.map(({ setUpAt, backends }) => ({
    setUpAt,
    backends: backends.map(({ backend, since, baselineAt, snapshots, counters }) => ({
      backend,
      since,
      baselineAt,
      snapshots,
      counters,
    })),
  }));
}
