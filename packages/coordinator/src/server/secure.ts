/**
 * Headers that keep a page to what it needs. They must also serve over plain HTTP from a machine on the local network:
 * so nothing is upgraded to HTTPS, and no header is sent that takes effect in secure contexts only.
 */
import type { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

export function secure(app: Hono): void {
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        manifestSrc: ["'self'"],
        // Not every browser takes 'self' to mean WebSockets too.
        connectSrc: ["'self'", 'ws:', 'wss:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        // The page to join shows the scene of the lecture in a frame; nobody else's page frames one of these.
        frameSrc: ["'self'"],
        frameAncestors: ["'self'"],
      },
      referrerPolicy: 'no-referrer',
      xFrameOptions: 'SAMEORIGIN',
      strictTransportSecurity: false,
      crossOriginOpenerPolicy: false,
      crossOriginEmbedderPolicy: false,
      originAgentCluster: false,
      xDownloadOptions: false,
      xDnsPrefetchControl: false,
      xPermittedCrossDomainPolicies: false,
    }),
  );
}
