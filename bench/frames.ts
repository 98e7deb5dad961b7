/** WebSocket clients that only count: what is measured is the server's pace, not that of its clients. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const TEXT = 1;
const PING = 9;
/** Without a payload, as the pings have none. */
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** A socket that counts the frames it gets. */
export class FrameSocket {
  frames = 0;
  /** Calls with each frame's arrival. */
  onFrame: () => void = () => {};
  readonly #socket: Socket;
  /** Bytes of the frame under way that are still to come. */
  #rest = 0;
  /** A header that was cut. */
  #cut: Buffer | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(url: string, protocol?: string): Promise<FrameSocket> {
    const { host, hostname, port, pathname } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    socket.write(
      [
        `GET ${pathname} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'));
    const opened = new FrameSocket(socket);
    const behind = head.subarray(head.indexOf('\r\n\r\n') + 4);
    if (behind.length > 0) opened.#take(behind);
    socket.on('data', (chunk: Buffer) => opened.#take(chunk));
    socket.on('error', () => {});
    return opened;
  }

  /** Past the greeting of GraphQL over WebSocket. */
  static async openGraphql(url: string): Promise<FrameSocket> {
    const opened = await FrameSocket.open(url, 'graphql-transport-ws');
    const greeted = new Promise<void>((resolve) => {
      opened.onFrame = resolve;
    });
    opened.send('{"type":"connection_init"}');
    await greeted;
    opened.onFrame = () => {};
    opened.frames = 0;
    return opened;
  }

  /** Masked with nothing but zeros, which is as good as any mask where nobody listens. */
  send(text: string): void {
    const payload = Buffer.from(text);
    const header =
      payload.length < 126
        ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
        : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  /** Reads nothing any more. */
  stall(): void {
    this.#socket.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#socket.resume();
  }

  terminate(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const data = this.#cut ? Buffer.concat([this.#cut, chunk]) : chunk;
    this.#cut = undefined;
    let at = Math.min(this.#rest, data.length);
    this.#rest -= at;
    while (at < data.length) {
      const short = (data[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (data.length - at < header) {
        this.#cut = data.subarray(at);
        return;
      }
      const length =
        short < 126 ? short : short === 126 ? data.readUInt16BE(at + 2) : data.readUInt32BE(at + 6);
      const kind = (data[at] ?? 0) & 0x0f;
      if (kind === TEXT) {
        this.frames += 1;
        this.onFrame();
      } else if (kind === PING) this.#socket.write(PONG);
      const end = at + header + length;
      this.#rest = Math.max(0, end - data.length);
      at = Math.min(end, data.length);
    }
  }
}
