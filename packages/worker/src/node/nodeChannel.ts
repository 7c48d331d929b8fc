/** A channel over the WebSocket of the package ws. */
import { WebSocket } from 'ws';
import type { WorkerLimits } from '../limits.ts';
import { networkReasonOf } from '../networkReason.ts';
import type { ChannelFactory } from '../shell/channel.ts';

export function nodeChannel(socketUrl: string, limits: WorkerLimits): ChannelFactory {
  return ({ onOpen, onFrame, onClosed }) => {
    const socket = new WebSocket(socketUrl, {
      perMessageDeflate: false,
      // Masking guards proxies against what a web page may send; a key of zeros spares two passes over each gradient.
      generateMask: (mask) => mask.fill(0),
      maxPayload: limits.frameBytesMax,
      handshakeTimeout: limits.connectTimeoutMs,
    });
    let problem = '';
    let over = false;
    socket.on('open', () => {
      if (!over) onOpen();
    });
    socket.on('message', (data) => {
      if (!over) onFrame(data);
    });
    // `close` follows every error.
    socket.on('error', (error) => {
      problem = `${networkReasonOf(error)}.`;
    });
    socket.on('close', (code, reason) => {
      if (over) return;
      over = true;
      onClosed(code, reason.toString() || problem || 'The connection was closed.');
    });
    return {
      send: (frame) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(frame);
      },
      close: () => {
        socket.close(1000);
        const cut = setTimeout(() => socket.terminate(), limits.closeTimeoutMs);
        socket.once('close', () => clearTimeout(cut));
      },
      hold: () => socket.pause(),
      release: () => socket.resume(),
      cut: () => {
        over = true;
        socket.terminate();
      },
    };
  };
}
