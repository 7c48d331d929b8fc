/**
 * A worker that computes nothing: it speaks the whole protocol over a real socket and answers each lease, after the
 * time that computing would take, with sums of the right form.
 */
import {
  DEFAULT_LIMITS,
  decodeCoordinatorMessage,
  encodeMessage,
  KERNEL_BUILD,
  leavesOf,
  nodesOfRange,
  PROTOCOL_VERSION,
} from '@shoal/core';
import { WebSocket } from 'ws';

export class LoadWorker {
  #options;
  #socket;
  /** Leases in hand, oldest first; only the first is being computed. */
  #leases = [];
  #timer = null;
  #headway = null;
  #pingedAt = null;
  #leaving = false;
  #frozen = false;

  /**
   * options: number, url (ws), token, msPerLeaf, gradient { bytes, checksum }, probe (lease → Promise of the answer),
   * counts (shared by the process's workers), onEnd(worker)
   */
  constructor(options) {
    this.#options = options;
    const socket = new WebSocket(options.url, { perMessageDeflate: false });
    this.#socket = socket;
    socket.on('open', () => this.#hello());
    socket.on('message', (frame) => this.#receive(decodeCoordinatorMessage(frame)));
    socket.on('error', () => {});
    socket.on('close', () => this.#closed());
  }

  /** Milliseconds since the last ping, or since the welcome; 0 before. */
  silentMs(now) {
    return this.#pingedAt === null ? 0 : now - this.#pingedAt;
  }

  /** Hears nothing and says nothing any more, with its connection open. */
  freeze() {
    this.#frozen = true;
    this.#rest();
  }

  /** In order, with a word; or as a machine does that is switched off. */
  leave(inOrder) {
    this.#leaving = true;
    if (!inOrder) return this.#socket.terminate();
    this.#send({ type: 'leave', reason: 'The tab was closed.' });
    this.#socket.close();
  }

  #hello() {
    const { number, token } = this.#options;
    this.#send({
      type: 'hello',
      protocols: [PROTOCOL_VERSION],
      token,
      identity: `load-${process.pid}-${number}`,
      name: `load ${number}`,
      agent: 'load test',
      engines: ['wasm-strict'],
      kernels: KERNEL_BUILD,
      threads: 1,
    });
  }

  #send(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeMessage(message));
  }

  #receive(message) {
    if (this.#frozen) return;
    const { counts, probe } = this.#options;
    switch (message.type) {
      case 'welcome':
        this.#pingedAt = performance.now();
        // Its data set is at hand, as with a worker that comes back: leases carry sample numbers only.
        this.#send({ type: 'ready' });
        return;
      case 'ping': {
        const now = performance.now();
        counts.pings += 1;
        counts.pingGapMaxMs = Math.max(counts.pingGapMaxMs, this.silentMs(now));
        this.#pingedAt = now;
        this.#send({ type: 'pong', nonce: message.nonce });
        return;
      }
      case 'lease':
        counts.leases += 1;
        if (message.task === 'probe') {
          probe(message).then((answer) => {
            counts.welcomed += 1;
            // As long as a leaf: what is thought of its speed from the first is what it will show.
            this.#send({ ...answer, computeMs: this.#options.msPerLeaf });
          });
          return;
        }
        this.#leases.push(message);
        if (this.#leases.length === 1) this.#compute(message);
        return;
      case 'revoke':
        return this.#revoke(message.lease);
      case 'parameters':
        counts.parameters += 1;
        return;
      case 'bye':
        counts.byes[message.code] = (counts.byes[message.code] ?? 0) + 1;
        return;
    }
  }

  #compute(lease) {
    const { msPerLeaf } = this.#options;
    const ms = (lease.to - lease.from) * msPerLeaf;
    const from = performance.now();
    this.#headway = setInterval(() => {
      const computeMs = performance.now() - from;
      const done = Math.min(lease.to - lease.from, Math.floor(computeMs / msPerLeaf));
      this.#send({ type: 'progress', lease: lease.lease, done, missing: 0, computeMs });
    }, DEFAULT_LIMITS.progressMs);
    this.#timer = setTimeout(() => {
      this.#rest();
      this.#answer(lease, ms);
      this.#next();
    }, ms);
  }

  #rest() {
    clearTimeout(this.#timer);
    clearInterval(this.#headway);
  }

  #next() {
    this.#leases.shift();
    const [next] = this.#leases;
    if (next !== undefined) this.#compute(next);
  }

  #answer(lease, computeMs) {
    const { counts, gradient } = this.#options;
    for (const node of nodesOfRange(lease.from, lease.to, lease.leaves)) {
      const [from, to] = leavesOf(node, lease.leaves);
      counts.partials += 1;
      this.#send({
        type: 'partial',
        lease: lease.lease,
        level: node.level,
        index: node.index,
        finite: true,
        loss: to - from,
        correct: 0,
        count: to - from,
        vector: gradient.bytes,
        checksum: gradient.checksum,
        computeMs,
      });
    }
  }

  #revoke(id) {
    const at = this.#leases.findIndex(({ lease }) => lease === id);
    if (at < 0) return;
    this.#options.counts.revoked += 1;
    this.#send({ type: 'failed', lease: id, code: 'revoked', message: 'Stopped as told.' });
    if (at > 0) {
      this.#leases.splice(at, 1);
      return;
    }
    this.#rest();
    this.#next();
  }

  #closed() {
    this.#rest();
    this.#leases = [];
    this.#options.onEnd(this, this.#leaving);
  }
}
