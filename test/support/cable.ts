import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onCleanUp } from './clean-up.ts';

export type Cable = {
  readonly port: number;
  /** From now on nothing passes, in either direction; connections stay open, and new ones are taken. */
  cut(): void;
};

/** Passes TCP connections on to a port of 127.0.0.1; one to nowhere takes connections and never answers. */
export async function layCable(target?: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let isCut = target === undefined;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isCut || target === undefined) return;
    const far = keep(connect(target, '127.0.0.1'));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
