import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Limits the number of a server's connections: a new one closes the connection that has been idle longest. */
export class Connections {
  private readonly most: number;
  /** connections without a running response, including incomplete requests; the longest idle one comes first */
  private readonly idle = new Set<Socket>();
  private readonly answered = new Set<Socket>();

  constructor(server: Server, most: number) {
    this.most = most;
    server.on('connection', (socket: Socket) => this.add(socket));
    server.on('request', ({ socket }, response: ServerResponse) => this.answer(socket, response));
  }

  private add(socket: Socket): void {
    if (this.idle.size + this.answered.size >= this.most) {
      const [longest = [...this.answered][0]] = this.idle; // if none is idle: the oldest one with a running response
      this.forget(longest);
      longest?.destroy();
    }
    this.idle.add(socket);
    socket.once('close', () => this.forget(socket));
  }

  private answer(socket: Socket, response: ServerResponse): void {
    if (!this.idle.delete(socket)) return; // it is gone
    this.answered.add(socket);
    response.once('close', () => {
      if (this.answered.delete(socket) && !socket.destroyed) this.idle.add(socket);
    });
  }

  private forget(socket: Socket | undefined): void {
    if (socket === undefined) return;
    this.idle.delete(socket);
    this.answered.delete(socket);
  }
}
