/** A channel over the browser's WebSocket. */
import type { WorkerLimits } from '../limits.ts';
import type { ChannelFactory } from '../shell/channel.ts';

export function webChannel(socketUrl: string, limits: WorkerLimits): ChannelFactory {
  return ({ onOpen, onFrame, onClosed }) => {
    const socket = new WebSocket(socketUrl);
    socket.binaryType = 'arraybuffer';
    let over = false;
    let late: ReturnType<typeof setTimeout>;
    const end = (code: number | null, reason: string): void => {
      if (over) return;
      over = true;
      clearTimeout(late);
      onClosed(code, reason);
    };
    late = setTimeout(() => {
      end(null, `It did not answer within ${limits.connectTimeoutMs / 1000} s.`);
      socket.close();
    }, limits.connectTimeoutMs);
    socket.onopen = () => {
      clearTimeout(late);
      if (!over) onOpen();
    };
    socket.onmessage = ({ data }) => {
      if (!over) onFrame(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    };
    // A browser does not say why a connection failed; 1006 means that there was no code.
    socket.onclose = ({ code, reason }) =>
      end(code === 1006 ? null : code, reason === '' ? 'The connection was closed.' : reason);
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame as Uint8Array<ArrayBuffer>);
      },
      close: () => {
        socket.close(1000);
        clearTimeout(late);
        // A browser waits long for the other side to answer.
        late = setTimeout(() => end(null, 'The connection was closed.'), limits.closeTimeoutMs);
      },
      hold: () => {},
      release: () => {},
      cut: () => {
        over = true;
        clearTimeout(late);
        socket.close();
      },
    };
  };
}
