/** What carries between the coordinator and its workers: memory that both see, or sockets on the loopback address. */
export const CARRIERS = ['memory', 'socket'] as const;
export type Carrier = (typeof CARRIERS)[number];
