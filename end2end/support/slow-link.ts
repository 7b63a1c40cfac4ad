// A link to a PostgreSQL that can be made slow: what the server says comes late, and in order.

import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export class SlowLink {
  private milliseconds = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {}

  /** To the server that `url`, a `DATABASE_URL`, names. */
  static async to(url: string): Promise<SlowLink> {
    const server = createServer();
    const link = new SlowLink(new URL(url), server);
    server.on('connection', (client) => link.join(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  /** The same `DATABASE_URL` by way of this link. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** From now on every answer comes so much later. */
  delay(milliseconds: number): void {
    this.milliseconds = milliseconds;
  }

  async dispose(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    const ends: [Socket, Socket][] = [
      [client, server],
      [server, client],
    ];
    for (const [one, other] of ends) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (data) => server.write(data));
    let said = Promise.resolve();
    server.on('data', (data) => {
      const late = this.milliseconds;
      said = said.then(async () => {
        if (late > 0) await setTimeout(late, undefined, { ref: false });
        client.write(data);
      });
    });
  }
}
