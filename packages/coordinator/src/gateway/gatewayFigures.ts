/** A gateway's figures as they are at the moment, for its metrics. */
import type { Connections } from '../connection/connections.ts';
import { countWorkers, type GatewayFigures } from '../outside/liveFigures.ts';
import type { Rejections } from '../server/rejections.ts';
import type { Gateway } from './gateway.ts';

export function gatewayFigures({
  gateway,
  connections,
  rejections,
}: {
  readonly gateway: Pick<Gateway, 'run' | 'isJoined'>;
  readonly connections: Connections;
  readonly rejections: Rejections;
}): GatewayFigures {
  return {
    connections: connections.size,
    ...connections.traffic(),
    rejections: rejections.counts,
    ...countWorkers(gateway.run?.registry.registered.values() ?? []),
    isJoined: gateway.isJoined,
  };
}
