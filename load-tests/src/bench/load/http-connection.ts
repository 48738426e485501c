// One keep-alive connection with one request at a time, as an HTTP client of a game has it, on a bare socket: half of what
// autocannon costs, so that a generator beside the server on a small machine does not measure itself.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_ENDS = '\r\n\r\n';
const STATUS_STARTS = 'HTTP/1.1 '.length;
const STATUS_LENGTH = 3;
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export class HttpConnection {
  readonly #socket: Socket;
  #received = '';
  #onAnswer: (answer: HttpAnswer) => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
  }

  static async open(port: number, onLost: (error: Error) => void): Promise<HttpConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', onLost);
    socket.on('close', () => onLost(new Error('the server closed a connection')));
    return new HttpConnection(socket);
  }

  /** `onAnswer` is called once; the connection takes the next request from then on. */
  send(request: string, onAnswer: (answer: HttpAnswer) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request, 'latin1');
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#received += chunk.toString('latin1');
    const headEnds = this.#received.indexOf(HEAD_ENDS);
    if (headEnds < 0) return;
    const head = this.#received.slice(0, headEnds);
    const length = CONTENT_LENGTH.exec(head);
    if (length === null) throw new Error(`an answer without a length: ${head}`);
    const bodyStarts = headEnds + HEAD_ENDS.length;
    if (this.#received.length < bodyStarts + Number(length[1])) return;
    const answer = {
      status: Number(head.slice(STATUS_STARTS, STATUS_STARTS + STATUS_LENGTH)),
      body: this.#received.slice(bodyStarts),
    };
    this.#received = '';
    this.#onAnswer(answer);
  }
}
