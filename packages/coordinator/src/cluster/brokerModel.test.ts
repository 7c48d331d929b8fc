import { testBroker } from './broker.suite.ts';
import { BrokerModel } from './brokerModel.ts';

testBroker('the model', async () => {
  let now = 0;
  const model = new BrokerModel({ leaseMs: 1_000, clock: () => now });
  return {
    one: model.connect(),
    other: model.connect(),
    pass: async (ms) => {
      now += ms;
    },
  };
});
