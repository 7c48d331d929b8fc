/** Why this device is not connected or cannot take part, in English: what the page to join can come to say. */
import type { JoiningFact } from '../../facts/connectionFacts.ts';
import type { Wording } from '../wording.ts';
import { INCAPABLE_ENGLISH } from './incapable.ts';

const ASK = 'Ask whoever sent you the link, or copy it again from where the coordinator printed it.';

export const JOINING_ENGLISH: Wording<JoiningFact> = {
  coordinatorSaid: ({ code, message }) =>
    message === '' ? `The coordinator closed the connection (${code}).` : message,
  connectionClosed: () => 'The connection was closed.',
  connectionBroken: ({ reason }) => `${reason}.`,
  computerAsleep: () => 'This computer was asleep.',
  networkAway: () => 'The network was away.',
  noAnswerInTime: ({ host, seconds }) => `${host ?? 'It'} did not answer within ${seconds} s.`,
  notConnected: () => 'No connection came about.',
  noWebSocket: ({ origin, isCoordinator }) =>
    isCoordinator
      ? `The coordinator at ${origin} is there, but a proxy between does not pass WebSockets on. Whoever runs the proxy has to let it pass the headers Upgrade and Connection on; or use an address without the proxy.`
      : `What answers at ${origin} takes no WebSocket there, so that it is no coordinator, or a proxy stands in front of it. ${ASK}`,
  coordinatorBusy: ({ origin, status, said }) =>
    said === null
      ? `What answers at ${origin} is busy (${status}).`
      : `The coordinator at ${origin} takes no more at the moment: ${said}`,
  passwordAsked: ({ origin, status }) =>
    `What answers at ${origin} asks for a password of its own (${status}), which a coordinator does not. ${ASK}`,
  coordinatorRefuses: ({ origin, said }) => `The coordinator at ${origin} refuses the connection: ${said}`,
  gatewayFails: ({ origin, status }) =>
    `What stands in front of the coordinator at ${origin} cannot reach it at the moment (${status}).`,
  notCoordinator: ({ origin, status }) =>
    `What answers at ${origin} is no Shoal coordinator: it answers ${status} where a coordinator opens a WebSocket. ${ASK}`,
  httpsSpoken: ({ origin, use }) => `https is spoken at ${origin}, not http: use ${use} with the same token.`,
  redirected: ({ origin, to }) =>
    `What answers at ${origin} sends the worker on${to === null ? '' : ` to ${to}`}, and a worker follows nobody: a token is for one address only. ` +
    'If the coordinator is meant to be there, ask for a link with that address.',
  ...INCAPABLE_ENGLISH,
};
