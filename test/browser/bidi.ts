/** As much of WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) as it takes to open a page and ask it something. */
import { WebSocket } from 'ws';

const COMMAND_TIMEOUT_MS = 240_000;

type Reply =
  | { readonly type: 'success'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number | null; readonly error: string; readonly message: string }
  | { readonly type: 'event' };

type Tree = { readonly contexts: readonly { readonly context: string }[] };

type Evaluated =
  | { readonly type: 'success'; readonly result: { readonly value?: unknown } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

type Waiting = { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void };

export class BidiSession {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  #sent = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as Reply));
    socket.on('close', () => this.#failAll(new Error('The browser closed its WebDriver connection.')));
    socket.on('error', (error) => this.#failAll(error));
  }

  /** Connects to the address that the browser announces and starts a session. */
  static async open(address: string): Promise<BidiSession> {
    const socket = new WebSocket(`${address}/session`, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const session = new BidiSession(socket);
    await session.#command('session.new', { capabilities: {} });
    return session;
  }

  /** Opens `url` in the browser's first tab and gives the text that the expression's promise resolves to. */
  async evaluate(url: string, expression: string): Promise<string> {
    const { contexts } = (await this.#command('browsingContext.getTree', {})) as Tree;
    const context = contexts[0]?.context;
    if (context === undefined) throw new Error('The browser has no tab.');
    await this.#command('browsingContext.navigate', { context, url, wait: 'complete' });
    const evaluated = (await this.#command('script.evaluate', {
      expression,
      target: { context },
      awaitPromise: true,
    })) as Evaluated;
    if (evaluated.type === 'exception') throw new Error(evaluated.exceptionDetails.text);
    return String(evaluated.result.value);
  }

  /** Asks the whole browser to end. */
  async closeBrowser(): Promise<void> {
    await this.#command('browser.close', {});
  }

  disconnect(): void {
    this.#socket.terminate();
  }

  #command(method: string, params: object): Promise<unknown> {
    this.#sent += 1;
    const id = this.#sent;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`${method} was not answered in ${COMMAND_TIMEOUT_MS} ms.`));
      }, COMMAND_TIMEOUT_MS);
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(late);
          how(value);
        };
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(reply: Reply): void {
    if (reply.type === 'event' || reply.id === null) return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.type === 'success') waiting?.resolve(reply.result);
    else waiting?.reject(new Error(`${reply.error}: ${reply.message}`));
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
