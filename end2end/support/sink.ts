// Who is told: a webhook's other side that keeps what it is sent.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect } from '@playwright/test';

export type Message = {
  type: string;
  data: { incident: { id: string; title: string; url: string } };
};

export class Sink {
  readonly received: Message[] = [];
  private status = 200;
  private answer = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Sink> {
    const server = createServer();
    const sink = new Sink(server);
    server.on('request', async (request, response) => {
      sink.received.push(JSON.parse(await text(request)) as Message);
      response.writeHead(sink.status).end(sink.answer);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  /** For `ALERT_WEBHOOK_URL`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  /** From now on every message is answered so. */
  reply(status: number, answer: string): void {
    this.status = status;
    this.answer = answer;
  }

  /** Waits for the first message of this type. */
  async message(type: string): Promise<Message> {
    const find = () => this.received.find((message) => message.type === type);
    await expect.poll(find, { message: `${type} is told`, timeout: 30_000 }).toBeDefined();
    return find() as Message;
  }

  async dispose(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
