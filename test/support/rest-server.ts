import { startProcess, type RunningProcess } from './process.ts';
import { freePort, temporaryDirectory, waitFor } from './temp.ts';
import { tool } from './tools.ts';

export type RestServer = {
  /** Repositories are directories in here, by their name in the URL. */
  readonly directory: string;
  readonly process: RunningProcess;
  repositoryUrl(name: string): string;
  stop(): Promise<void>;
};

/** restic's own REST server, without authentication, on a directory (by default a temporary one). */
export async function startRestServer(
  options: { readonly directory?: string; readonly isAppendOnly?: boolean } = {},
): Promise<RestServer> {
  const directory = options.directory ?? temporaryDirectory();
  const address = `127.0.0.1:${await freePort()}`;
  const appendOnly = options.isAppendOnly === true ? ['--append-only'] : [];
  const args = ['--path', directory, '--listen', address, '--no-auth', ...appendOnly];
  const server = startProcess(tool('rest-server'), args);
  await waitFor(() => fetch(`http://${address}/`), { what: `rest-server at ${address}` });
  return {
    directory,
    process: server,
    repositoryUrl: (name) => `rest:http://${address}/${name}/`,
    stop: async () => {
      await server.stop();
    },
  };
}
